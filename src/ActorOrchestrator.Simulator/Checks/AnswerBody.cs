using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>One object as a client was shown it.</summary>
internal sealed record ShownObject(EntityKey Key, string? Uid, long Version, byte[] Json)
{
    /// <summary>The same few objects are shown again and again.</summary>
    private static readonly ConditionalWeakTable<KubeObject, byte[]> Encoded = [];

    public static ShownObject Read(JsonElement json, ResourceKind kind)
    {
        var metadata = json.GetProperty("metadata");
        var key = EntityKey.Of(kind, TextOf(metadata, "namespace"), TextOf(metadata, "name") ?? "");
        return new ShownObject(
            key, TextOf(metadata, "uid"), VersionOf(metadata), JsonMarshal.GetRawUtf8Value(json).ToArray());
    }

    public static long VersionOf(JsonElement metadata) =>
        long.TryParse(TextOf(metadata, "resourceVersion"), out var version) ? version : 0;

    public static string? TextOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Whether it shows just this, be the bytes in another order.</summary>
    public bool Shows(KubeObject value) =>
        Json.AsSpan().SequenceEqual(Encoded.GetValue(value, KubeJson.Encode))
        || KubeJson.ReadObject(Json) == Reread(value);

    private static KubeObject Reread(KubeObject value) => KubeJson.ReadObject(KubeJson.Encode(value));
}

/// <summary>An answer's body, as far as checks look at it.</summary>
/// <param name="Kind">Such as <c>Status</c>, <c>ConfigMap</c>, <c>PodList</c>.</param>
/// <param name="Version">Of the object, or of the list.</param>
internal sealed record AnswerBody(string Kind, long Version)
{
    /// <summary>The items of a list, or the one object.</summary>
    public IReadOnlyList<ShownObject> Objects { get; private init; } = [];

    public bool IsList { get; private init; }

    /// <summary>Where a list goes on; null at its end.</summary>
    public string? Continue { get; private init; }

    public Status? Status { get; private init; }

    /// <summary>Scale's <c>spec.replicas</c>.</summary>
    public int? Replicas { get; private init; }

    /// <exception cref="JsonException">No JSON, or none of Kubernetes' shapes.</exception>
    public static AnswerBody Read(ReadOnlyMemory<byte> json, ResourceKind kind)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var name = ShownObject.TextOf(root, "kind") ?? throw new JsonException("the answer has no kind");
        if (name == "Status")
        {
            return new AnswerBody(name, 0) { Status = KubeJson.Read<Status>(json.Span) };
        }

        var metadata = root.GetProperty("metadata");
        var body = new AnswerBody(name, ShownObject.VersionOf(metadata));
        if (name == "Scale")
        {
            var hasReplicas = root.GetProperty("spec").TryGetProperty("replicas", out var replicas);
            return body with { Replicas = hasReplicas ? replicas.GetInt32() : 0 };
        }

        if (name == "Table")
        {
            return body.WithRows(root.GetProperty("rows"), kind);
        }

        if (!root.TryGetProperty("items", out var items))
        {
            return body with { Objects = [ShownObject.Read(root, kind)] };
        }

        return body with
        {
            IsList = true,
            Continue = ShownObject.TextOf(metadata, "continue") is { Length: > 0 } token ? token : null,
            Objects = [.. items.EnumerateArray().Select(item => ShownObject.Read(item, kind))],
        };
    }

    /// <summary>A table does not tell whether it shows one object or a list of one, which hold for the same
    /// things.</summary>
    private AnswerBody WithRows(JsonElement rows, ResourceKind kind)
    {
        var shown = rows.EnumerateArray().Select(row => row.GetProperty("object"))
            .Where(value => ShownObject.TextOf(value, "kind") == kind.Kind)
            .Select(value => ShownObject.Read(value, kind)).ToList();
        return this with { IsList = shown.Count != 1, Objects = shown };
    }
}
