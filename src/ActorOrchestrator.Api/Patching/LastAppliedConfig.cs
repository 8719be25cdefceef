using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Patching;

/// <summary>
/// The annotation in which kubectl's client-side apply keeps what it applied. It lets an object move to server-side
/// apply without conflicts, and back: kubectl's server-side apply keeps it up to date.
/// </summary>
internal static class LastAppliedConfig
{
    private const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>
    /// The fields that client-side apply set and nobody has changed since; they are kubectl's to change. Empty if the
    /// annotation is not there or does not fit.
    /// </summary>
    public static FieldSet FieldsOf(ResourceKind kind, FieldType type, JsonObject live, JsonElement liveElement)
    {
        if (Annotations(live)?[Annotation] is not JsonValue value
            || !value.TryGetValue<string>(out var text)
            || PatchLimits.Read(Encoding.UTF8.GetBytes(text), out _) is not JsonObject applied
            || StrategicDirectives.Text(applied["apiVersion"]) != kind.ApiVersion
            || AppliedConfig.TryRead(applied, type, out _) is not { } config)
        {
            return FieldSet.Empty;
        }

        var comparison = FieldComparison.Of(JsonTree.Element(JsonTree.Encode(config)), liveElement, type);
        return AppliedFields.Of(config, type)
            .Except(comparison.Modified).Except(comparison.Added).Except(comparison.Removed);
    }

    /// <summary>Writes the annotation anew where it is; one that would be too long goes.</summary>
    public static void Refresh(JsonObject document, JsonObject config)
    {
        if (Annotations(document) is not { } annotations || !annotations.ContainsKey(Annotation))
        {
            return;
        }

        var applied = config.DeepClone().AsObject();
        Annotations(applied)?.Remove(Annotation);
        var text = JsonTree.Text(applied) + "\n";
        if (Encoding.UTF8.GetByteCount(text) < AnnotationSize.BytesMax)
        {
            annotations[Annotation] = text;
        }
        else
        {
            annotations.Remove(Annotation);
        }
    }

    private static JsonObject? Annotations(JsonObject document) =>
        (document["metadata"] as JsonObject)?["annotations"] as JsonObject;
}
