using System.Text;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Workload;

namespace ActorOrchestrator.TestKit.Transcripts.Kubectl;

/// <summary>Requests as kubectl sends them; what is refused becomes the line that kubectl prints.</summary>
internal sealed class ApiSession(ScriptedWorld world)
{
    public const string StrategicPatch = "application/strategic-merge-patch+json";
    public const string MergePatch = "application/merge-patch+json";
    public const string JsonPatch = "application/json-patch+json";
    public const string ApplyPatch = "application/apply-patch+yaml";


    /// <exception cref="CommandException">Refused, or not answered.</exception>
    public JsonObject Send(string method, string path, string body = "", string contentType = "application/json") =>
        Answered(TrySend(method, path, body, contentType));

    public ApiAnswer TrySend(
        string method, string path, string body = "", string contentType = "application/json", string accept = "") =>
        world.Send(new ApiCall(method, path)
        {
            Body = Encoding.UTF8.GetBytes(body),
            ContentType = contentType,
            Accept = accept,
        });

    public JsonObject Get(string path, string accept = "") => Answered(TrySend("GET", path, accept: accept));

    public T Get<T>(string @namespace, string name) where T : KubeObject =>
        (T)KubeJson.ReadObject(Encoding.UTF8.GetBytes(
            Get(WorkloadContext.PathOf(KindRegistry.Of<T>(), @namespace, name)).ToJsonString()));

    /// <summary>Null when there is none.</summary>
    public JsonObject? Find(string path)
    {
        var answer = TrySend("GET", path);
        return answer.Code == HttpCode.NotFound ? null : Answered(answer);
    }

    /// <summary>All of a kind that a selector matches.</summary>
    public IReadOnlyList<KubeObject> List(ResourceKind kind, string? @namespace, string? selector)
    {
        var path = WorkloadContext.PathOf(kind, @namespace, name: null);
        var query = selector is null ? "" : $"?labelSelector={Uri.EscapeDataString(selector)}";
        return [.. Get(path + query)["items"]!.AsArray().Select(item => Read(kind, item!.AsObject()))];
    }

    public static JsonObject Answered(ApiAnswer answer) => answer.IsOk
        ? JsonNode.Parse(answer.Text)!.AsObject()
        : throw new CommandException(Refusal(answer));

    private static KubeObject Read(ResourceKind kind, JsonObject item)
    {
        (item["apiVersion"], item["kind"]) = (kind.ApiVersion, kind.Kind);
        return KubeJson.ReadObject(Encoding.UTF8.GetBytes(item.ToJsonString()));
    }

    private static string Refusal(ApiAnswer answer)
    {
        if (answer.Code == 0)
        {
            return $"Unable to connect to the server: {answer.Text}";
        }

        var status = KubeJson.Read<Status>(answer.Body.Span);
        if (status is not { Reason: StatusReasons.Invalid, Details: { Causes.Count: > 0 } details })
        {
            return $"Error from server ({status.Reason}): {status.Message}";
        }

        var causes = details.Causes.Select(cause => $"{cause.Field}: {cause.Message}").ToList();
        var listed = causes.Count == 1 ? causes[0] : $"\n* {string.Join("\n* ", causes)}";
        return $"The {details.Kind} \"{details.Name}\" is invalid: {listed}";
    }
}
