using System.Buffers;
using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Domain.ControllerRevisions;

/// <summary>What a ControllerRevision records of its owner: a strategic merge patch that brings the template back
/// (<c>{"spec":{"template":{…,"$patch":"replace"}}}</c>), which <c>kubectl rollout undo</c> sends as it is.</summary>
public static class RevisionData
{
    private const string Spec = "spec";
    private const string Template = "template";
    private const string Directive = "$patch";

    public static RawJson Of(PodTemplateSpec template)
    {
        var written = new ArrayBufferWriter<byte>();
        KubeJson.Write(written, template);
        var patch = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(patch, KubeJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartObject(Spec);
            writer.WriteStartObject(Template);
            writer.WriteString(Directive, "replace");
            foreach (var property in JsonTree.Element(written.WrittenSpan).EnumerateObject())
            {
                property.WriteTo(writer);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return RawJson.Parse(patch.WrittenMemory);
    }

    /// <summary>The recorded template; null if there is none to be read, as in revisions that others made.</summary>
    public static PodTemplateSpec? TemplateOf(RawJson? data)
    {
        if (data is null)
        {
            return null;
        }

        try
        {
            return JsonTree.Element(data.Utf8) is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty(Spec, out var spec) && spec.ValueKind == JsonValueKind.Object
                && spec.TryGetProperty(Template, out var template) && template.ValueKind == JsonValueKind.Object
                ? Read(template)
                : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or KubeJsonException)
        {
            return null;
        }
    }

    private static PodTemplateSpec Read(JsonElement template)
    {
        var written = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(written, KubeJson.WriterOptions))
        {
            writer.WriteStartObject();
            foreach (var property in template.EnumerateObject().Where(property => property.Name != Directive))
            {
                property.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return KubeJson.Read<PodTemplateSpec>(written.WrittenSpan);
    }
}
