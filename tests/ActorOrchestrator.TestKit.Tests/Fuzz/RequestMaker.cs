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

    private static readonly string[] Appliers = ["fuzz", "other", "kubectl"];

    private static readonly string[] Managers =
        [.. Appliers, "", " ", "a/b", "%01", "%F0%9F%98%80", new('m', 128), new('m', 129)];

    private readonly Mutator _mutator = new(dice);

    /// <summary>A reference to an object that there is, for others to name as their owner.</summary>
    public JsonObject? Owner
    {
        set => _mutator.Owner = value;
    }

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
                if (dice.Chance(0.1) && !operations.Text().Contains("/replicas"))
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
                var query = "fieldManager=" + dice.Pick(Appliers) + (dice.Chance(0.5) ? "&force=true" : "");
                return Patched(ApiSession.ApplyPatch, query, Yaml(config));
        }

        FuzzRequest Patched(string contentType, string query, string body) => new(
            new ApiCall("PATCH", path + Query(query)) { Body = Encode(body), ContentType = contentType }, stored, name);
    }

    public FuzzRequest Delete(string path, ResourceKind stored, string name)
    {
        var options = Options();
        if (dice.Chance(0.5))
        {
            options["preconditions"] = new JsonObject { ["uid"] = "x" };
        }

        return new FuzzRequest(
            Sent("DELETE", path, KindRegistry.Of<Api.Policy.Eviction>(), options), stored, name);
    }

    /// <summary>Deletes what a selector picks of a collection.</summary>
    public FuzzRequest DeleteAll(string path, ResourceKind stored, string name)
    {
        var selector = dice.Pick(
            ["app%3Dfuzz", "x", "a+in+(b,c)", "!a", "%3D", "a%3D%3D%3Db", _mutator.Values.Query()]);
        var query = dice.Pick(["labelSelector=", "fieldSelector=", "labelSelector=none,fieldSelector="]) + selector
            + (dice.Chance(0.5) ? "&dryRun=All" : "") + (dice.Chance(0.2) ? "&limit=" + _mutator.Values.Query() : "");
        return new FuzzRequest(
            Sent("DELETE", $"{path}?{query}", KindRegistry.Of<Api.Policy.Eviction>(), Options()), stored, name);
    }

    /// <summary>Several manifests in one body.</summary>
    public FuzzRequest ApplyAll(IReadOnlyList<JsonObject> manifests, ResourceKind stored, string name)
    {
        var documents = manifests.Take(dice.Between(1, manifests.Count)).Select(manifest =>
        {
            var draft = Mutated(manifest, TypeSchema.Of(KindRegistry.Find(
                manifest["apiVersion"]!.GetValue<string>(), manifest["kind"]!.GetValue<string>())!));
            (draft.Root["metadata"] as JsonObject)?.Remove("managedFields");
            return Yaml(draft);
        });
        return new FuzzRequest(
            new ApiCall("POST", "/apply" + Query(dice.Chance(0.5) ? "force=true" : ""))
            {
                ContentType = "application/yaml", Body = Encode(string.Join("\n---\n", documents)),
            },
            stored, name);
    }

    private JsonObject Options() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "DeleteOptions",
        ["gracePeriodSeconds"] = dice.Pick([0, 0, 30, -1]),
        ["propagationPolicy"] = dice.Pick(["Background", "Foreground", "Orphan"]),
    };

    private ApiCall Sent(string method, string path, ResourceKind kind, JsonObject manifest)
    {
        var type = TypeSchema.Of(kind);
        var draft = Mutated(manifest, type);
        var call = new ApiCall(method, path.Contains('?') ? path : path + Query(""));
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
            if (dice.Chance(0.05))
            {
                Fold(operations, dice.Pick(places).Pointer);
            }
        }

        return operations;
    }

    /// <summary>Puts what is at a place into itself again and again: each time it is twice as deep.</summary>
    private void Fold(JsonArray operations, string pointer)
    {
        var inner = pointer;
        for (var left = dice.Between(1, 12); left > 0; left--)
        {
            operations.Add(new JsonObject { ["op"] = "copy", ["from"] = pointer, ["path"] = inner + "/a" });
            inner = inner + string.Concat(inner.AsSpan(pointer.Length), "/a");
        }
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
            query += "&dryRun=" + dice.Pick(["All", "All", "All", "x", ""]);
        }

        if (dice.Chance(0.3) && !query.Contains("fieldManager"))
        {
            query += "&fieldManager=" + dice.Pick(Managers);
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
        return draft.IsPlain && JsonTree.DepthOf(draft.Root) <= KubeJson.SentDepthMax && dice.Chance(0.7)
            ? KubeYaml.FromJson(Encoding.UTF8.GetBytes(json))
            : json;
    }

    private byte[] Encode(string text) => Damaged(Encoding.UTF8.GetBytes(text));

    private byte[] Damaged(byte[] text) => dice.Chance(0.08) ? _mutator.Damage(text) : text;
}
