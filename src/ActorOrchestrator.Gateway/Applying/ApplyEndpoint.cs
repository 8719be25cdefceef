using System.Text.Json;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Negotiation;
using ActorOrchestrator.Gateway.Patching;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Server;
using ActorOrchestrator.Gateway.Wire;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Applying;

/// <summary>
/// POST <c>/apply</c>: many objects in one body (YAML documents, a JSON list or a <c>List</c>), each applied as by
/// server-side apply; namespaces first. Everything is decoded, authorized and validated before anything is applied:
/// either nothing was wrong with any, or none was touched. 200 when all were applied, 207 when some were refused by
/// their entities; the body tells of each.
/// </summary>
internal sealed class ApplyEndpoint(Applier applier, IAuthorizer authorizer, TimeProvider time)
{
    public const string FieldManager = "actor-orchestrator-apply";

    private const int ObjectsMax = 1_000;
    private const int MultiStatus = 207;

    public PathEndpoint Endpoint() =>
        new("/apply", Below: false, (http, _, who) => ApplyAsync(http, who)) { Methods = ["POST"] };

    private async Task ApplyAsync(HttpContext http, Identity who)
    {
        var items = await ReadAsync(http, who);
        foreach (var item in items)
        {
            Refine(item, () => Check(item));
        }

        var results = new List<ApplyResult>(items.Count);
        foreach (var item in items.OrderBy(item => item.Request.Kind.Kind == "Namespace" ? 0 : 1))
        {
            results.Add(await ApplyAsync(item));
        }

        using var buffer = new PooledBuffer();
        using (var json = Codec.Writer(buffer, ResponseFormat.Json))
        {
            Write(json, results);
        }

        var failed = results.Any(result => result.Refusal is not null);
        await ResponseWriter.SendAsync(http, failed ? MultiStatus : 200, "application/json", buffer.Written);
    }

    private async Task<List<ApplyItem>> ReadAsync(HttpContext http, Identity who)
    {
        using var body = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        var items = new List<ApplyItem>();
        foreach (var document in Codec.JsonOfEach(body.Written))
        {
            var node = PatchLimits.Read(document, out var failure) ?? throw PatchDocument.Refused(failure!);
            foreach (var config in Flatten(node))
            {
                items.Add(ItemOf(http, who, config, items.Count));
            }
        }

        return items.Count switch
        {
            0 => throw Failure.BadRequest("the body holds no object"),
            > ObjectsMax => throw Failure.BadRequest($"the body holds more than {ObjectsMax} objects"),
            _ => items,
        };
    }

    private static IEnumerable<JsonNode> Flatten(JsonNode node) => node switch
    {
        JsonArray list => list.SelectMany(each => each is null ? [] : Flatten(each)),
        JsonObject map when map["kind"]?.ToString() == "List" && map["items"] is JsonArray items =>
            items.SelectMany(each => each is null ? [] : Flatten(each)),
        _ => [node],
    };

    private ApplyItem ItemOf(HttpContext http, Identity who, JsonNode config, int index)
    {
        var map = config as JsonObject;
        var (apiVersion, kindName) = (Text(map?["apiVersion"]), Text(map?["kind"]));
        if (!KindRegistry.TryFindKind(apiVersion, kindName, out var kind)
            || kind is not { IsStored: true, IsReadOnly: false })
        {
            throw Failure.BadRequest(
                $"document {index}: no matches for kind \"{kindName}\" in version \"{apiVersion}\"");
        }

        var metadata = map!["metadata"] as JsonObject;
        var name = Text(metadata?["name"]);
        if (name.Length == 0)
        {
            throw Failure.BadRequest($"document {index}: {kindName}: metadata.name is required");
        }

        var given = Text(metadata?["namespace"]);
        var scope = !kind.Namespaced ? null
            : given.Length > 0 ? given
            : http.Request.Query["namespace"].ToString() is { Length: > 0 } asked ? asked
            : "default";
        var info = new RequestInfo
        {
            Path = http.Request.Path.Value ?? "",
            Verb = "patch",
            Group = kind.Group,
            Version = kind.Version,
            Namespace = scope,
            Resource = kind.Plural,
            Name = name,
        };
        var request = new ApiRequest(http, info, kind, who, ResponseFormat.Json, time.GetUtcNow())
        {
            DefaultFieldManager = FieldManager,
        };
        return new ApplyItem(index, request, config);
    }

    private void Check(ApplyItem item)
    {
        var info = item.Request.Info;
        var access = new AccessRequest("patch", info.Group, info.Resource, "", info.Namespace, info.Name, Path: null);
        var decision = authorizer.Decide(item.Request.Who, access);
        if (!decision.Allowed)
        {
            throw Failure.Forbidden(item.Request.Who, access, decision.Reason);
        }

        applier.Check(item.Request, item.Config, item.Request.Flag("force"));
    }

    /// <summary>Puts the document's number before what is wrong with it.</summary>
    private static void Refine(ApplyItem item, Action check)
    {
        try
        {
            check();
        }
        catch (StatusException refused)
        {
            var status = refused.Status;
            throw new StatusException(status with { Message = $"document {item.Index}: {status.Message}" });
        }
    }

    private async Task<ApplyResult> ApplyAsync(ApplyItem item)
    {
        try
        {
            var (value, outcome) = await applier.ApplyAsync(item.Request, item.Config, item.Request.Flag("force"));
            return new ApplyResult(item, value, outcome.ToString().ToLowerInvariant(), null);
        }
        catch (StatusException refused)
        {
            return new ApplyResult(item, null, "refused", refused.Status);
        }
    }

    private static void Write(Utf8JsonWriter json, List<ApplyResult> results)
    {
        json.WriteStartObject();
        json.WriteString("kind", "ApplyResultList");
        json.WriteString("apiVersion", "actor-orchestrator/v1");
        json.WriteStartArray("items");
        foreach (var result in results.OrderBy(result => result.Item.Index))
        {
            var request = result.Item.Request;
            json.WriteStartObject();
            json.WriteString("apiVersion", request.Kind.ApiVersion);
            json.WriteString("kind", request.Kind.Kind);
            json.WriteString("namespace", request.Info.Namespace ?? "");
            json.WriteString("name", request.Name);
            json.WriteString("result", result.Result);
            if (result.Object is { } value)
            {
                json.WriteString("uid", value.Metadata.Uid);
                json.WriteString("resourceVersion", value.Metadata.ResourceVersion);
            }

            if (result.Refusal is { } refusal)
            {
                json.WritePropertyName("status");
                KubeJson.Write(json, refusal);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private sealed record ApplyItem(int Index, ApiRequest Request, JsonNode Config);

    private sealed record ApplyResult(ApplyItem Item, KubeObject? Object, string Result, Status? Refusal);
}
