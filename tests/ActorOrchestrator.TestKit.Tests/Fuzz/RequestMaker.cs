using System.Text;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Schema;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Time;
using ActorOrchestrator.Simulator.Workload;
using ActorOrchestrator.TestKit.Transcripts.Kubectl;

namespace ActorOrchestrator.TestKit.Tests.Fuzz;

/// <summary>A request, and what it is about.</summary>
/// <param name="Stored">The kind that what it changes is stored as; null when it changes nothing.</param>
/// <param name="Name">Of the object that it is sent to; null for a creation.</param>
internal sealed record FuzzRequest(ApiCall Call, ResourceKind? Stored, string? Name)
{
    public bool IsDryRun => Call.Path.Contains("dryRun=All", StringComparison.Ordinal);
}

/// <summary>Makes requests of manifests that went through a <see cref="Mutator"/>.</summary>
internal sealed class RequestMaker(Dice dice)
{
    public const string Namespace = "default";

    private readonly Mutator _mutator = new(dice);

    public static ApiCall Plain(ResourceKind kind, JsonObject manifest) =>
        new("POST", WorkloadContext.PathOf(kind, Namespace, null))
        {
            Body = Encoding.UTF8.GetBytes(manifest.ToJsonString()),
        };

    /// <param name="path">Where it is posted.</param>
    /// <param name="kind">What is posted.</param>
    /// <param name="stored">The kind that it may change.</param>
    /// <param name="name">Of an object that may be changed; null when one may be created.</param>
    /// <param name="manifest">A good one.</param>
    public FuzzRequest Post(string path, ResourceKind kind, ResourceKind? stored, string? name, JsonObject manifest) =>
        new(Sent("POST", path, kind, manifest), stored, name);

    public FuzzRequest Put(string path, ResourceKind kind, ResourceKind stored, string name, JsonObject manifest) =>
        new(Sent("PUT", path, kind, manifest), stored, name);

    public FuzzRequest Patch(string path, ResourceKind kind, ResourceKind stored, string name, JsonObject current)
    {
        var type = TypeSchema.Of(kind);
        switch (dice.Below(4))
        {
            case 0:
                var operations = new Draft(Operations(current, type));
                if (dice.Chance(0.1))
                {
                    _mutator.Mutate(operations, null);
                }

                Mutator.Bound(operations.Root);
                return Patched(ApiSession.JsonPatch, "", operations.Text());
            case 1:
                return Patched(ApiSession.MergePatch, "", Partial(current, type).Text());
            case 2:
                var strategic = Partial(current, type);
                Direct(strategic);
                return Patched(ApiSession.StrategicPatch, "", strategic.Text());
            default:
                var config = dice.Chance(0.5) ? Mutated(current, type) : Identified(Partial(current, type), current);
                (config.Root["metadata"] as JsonObject)?.Remove("managedFields");
                var query = "fieldManager=" + dice.Pick(["fuzz", "other"]) + (dice.Chance(0.5) ? "&force=true" : "");
                return Patched(ApiSession.ApplyPatch, query, Yaml(config));
        }

        FuzzRequest Patched(string contentType, string query, string body) => new(
            new ApiCall("PATCH", path + Query(query)) { Body = Encode(body), ContentType = contentType }, stored, name);
    }

    public FuzzRequest Delete(string path, ResourceKind stored, string name) => new(
        Sent("DELETE", path, KindRegistry.Of<Api.Policy.Eviction>(), new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["gracePeriodSeconds"] = 0,
            ["propagationPolicy"] = "Background",
            ["preconditions"] = new JsonObject { ["uid"] = "x" },
        }),
        stored, name);

    private ApiCall Sent(string method, string path, ResourceKind kind, JsonObject manifest)
    {
        var type = TypeSchema.Of(kind);
        var draft = Mutated(manifest, type);
        var call = new ApiCall(method, path + Query(""));
        return dice.Below(5) switch
        {
            0 => call with { ContentType = "application/yaml", Body = Encode(Yaml(draft)) },
            1 when draft.IsPlain && draft.Root is JsonObject root => call with
            {
                ContentType = "application/vnd.kubernetes.protobuf",
                Body = Damaged(ProtobufForm.Of(root, type)),
            },
            _ => call with { Body = Encode(draft.Text()) },
        };
    }

    private Draft Mutated(JsonObject manifest, TypeSchema type)
    {
        var draft = new Draft(manifest.DeepClone());
        _mutator.Mutate(draft, type);
        return draft;
    }

    /// <summary>Some of what a mutated document says.</summary>
    private Draft Partial(JsonObject current, TypeSchema type)
    {
        var draft = Mutated(current, type);
        Prune(draft.Root, keep: dice.Pick([0.2, 0.5, 0.8]));
        return draft;
    }

    private void Prune(JsonNode? node, double keep)
    {
        if (node is not JsonObject holder || Place.HasNameTwice(holder))
        {
            return;
        }

        foreach (var (name, value) in holder.ToList())
        {
            if (!dice.Chance(keep))
            {
                holder.Remove(name);
            }
            else if (dice.Chance(0.05))
            {
                holder[name] = null;
            }
            else
            {
                Prune(value, keep);
            }
        }
    }

    private static Draft Identified(Draft draft, JsonObject current)
    {
        if (draft.Root is JsonObject root)
        {
            (root["apiVersion"], root["kind"]) = (current["apiVersion"]?.DeepClone(), current["kind"]?.DeepClone());
            if (root["metadata"] is not JsonObject)
            {
                root["metadata"] = new JsonObject();
            }

            root["metadata"]!["name"] = current["metadata"]!["name"]!.DeepClone();
        }

        return draft;
    }

    /// <summary>Puts directives of strategic merge patches somewhere.</summary>
    private void Direct(Draft draft)
    {
        for (var left = dice.Below(3); left > 0; left--)
        {
            var place = _mutator.Pick(draft.Root, null);
            if ((place?.Value ?? draft.Root) is not JsonObject node)
            {
                continue;
            }

            var list = dice.Pick(["containers", "finalizers", "ports", "volumes", "data", "env", "x"]);
            var (name, value) = dice.Below(4) switch
            {
                0 => ("$patch", (JsonNode?)dice.Pick(["delete", "replace", "merge", "x"])),
                1 => ("$retainKeys", new JsonArray("name", list)),
                2 => ($"$setElementOrder/{list}", new JsonArray(new JsonObject { ["name"] = "main" }, "x")),
                _ => ($"$deleteFromPrimitiveList/{list}", new JsonArray("x", 1)),
            };
            node[name] = dice.Chance(0.8) ? value : _mutator.Values.Any();
        }
    }

    private JsonArray Operations(JsonObject current, TypeSchema type)
    {
        var places = Place.AllIn(current, type);
        var operations = new JsonArray();
        for (var left = dice.Between(1, 4); left > 0; left--)
        {
            var place = dice.Pick(places);
            var value = dice.Chance(0.3) ? place.Value?.DeepClone()
                : place.Type is { } known ? _mutator.Values.Of(known, place.Known) : _mutator.Values.Any();
            var operation = new JsonObject
            {
                ["op"] = dice.Pick(["add", "add", "replace", "replace", "remove", "move", "copy", "test", "x"]),
                ["path"] = PointerOf(place),
                ["value"] = place.Name is "replicas" or "parallelism" or "completions" ? dice.Below(3) : value,
            };
            if (dice.Chance(0.5))
            {
                operation["from"] = dice.Pick(places).Pointer;
            }

            operations.Add(operation);
        }

        return operations;
    }

    private string PointerOf(Place place) => dice.Below(12) switch
    {
        0 => place.Pointer + "/-",
        1 => place.Pointer + "/" + _mutator.Values.Text(),
        2 => dice.Pick(["", "/", "x", "/-1", "/~", "/~2", "/spec/00", "/metadata/annotations/a~1b", "/99999999999"]),
        _ => place.Pointer,
    };

    private string Query(string query)
    {
        if (dice.Chance(0.08))
        {
            query += "&dryRun=All";
        }

        if (dice.Chance(0.3))
        {
            query += "&fieldValidation=" + dice.Pick(["Strict", "Strict", "Ignore", "Warn", "x"]);
        }

        return query.Length == 0 ? "" : "?" + query.TrimStart('&');
    }

    /// <summary>JSON is YAML, too; where that can be said otherwise, it is.</summary>
    private string Yaml(Draft draft)
    {
        var json = draft.Text();
        return draft.IsPlain && dice.Chance(0.7) ? KubeYaml.FromJson(Encoding.UTF8.GetBytes(json)) : json;
    }

    private byte[] Encode(string text) => Damaged(Encoding.UTF8.GetBytes(text));

    private byte[] Damaged(byte[] text) => dice.Chance(0.08) ? _mutator.Damage(text) : text;
}
