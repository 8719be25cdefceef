using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Schema;

namespace ActorOrchestrator.Api.Patching;

/// <summary>
/// Kubernetes' strategic merge patch: a merge patch that knows the type, so that lists merge by the key of their
/// elements. Directives in the patch: <c>$patch</c> (replace, delete, merge), <c>$retainKeys</c>,
/// <c>$setElementOrder/LIST</c> and <c>$deleteFromPrimitiveList/LIST</c>.
/// </summary>
public static class StrategicMergePatch
{
    /// <summary>The target is not changed.</summary>
    public static PatchResult Apply(JsonObject target, JsonNode patch, TypeSchema schema)
    {
        if (patch is not JsonObject map)
        {
            return new PatchResult.Refused(PatchFailure.BadRequest(
                "error decoding patch: a strategic merge patch of an object must be a JSON object"));
        }

        var merger = new StrategicMerger();
        var merged = merger.MergeObject(
            target.DeepClone().AsObject(), map.DeepClone().AsObject(), new StrategicField(schema));
        return merger.Failure is { } failure ? new PatchResult.Refused(failure) : new PatchResult.Patched(merged);
    }
}

/// <summary>The type at a place in a document, and how a patch treats it; both unknown below opaque JSON.</summary>
internal readonly record struct StrategicField(TypeSchema? Type, FieldSchema? Field = null)
{
    public string? MergeKey => Field?.MergeKey;

    public bool Merges => Field?.PatchStrategies.Contains("merge") ?? false;

    public bool Replaces => Field?.PatchStrategies.Contains("replace") ?? false;

    public StrategicField Element => new(Type?.Element);

    public StrategicField Child(string name) => Type switch
    {
        { Kind: NodeKind.Object } type when type.TryField(name, out var field) => new StrategicField(field.Type, field),
        { Kind: NodeKind.Map } type => new StrategicField(type.Element),
        _ => default,
    };
}
