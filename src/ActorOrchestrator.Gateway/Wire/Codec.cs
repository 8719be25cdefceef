using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Tables;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Negotiation;

namespace ActorOrchestrator.Gateway.Wire;

/// <summary>Writes objects in the format that a client asked for.</summary>
internal static class Codec
{
    private static readonly JsonWriterOptions Indented =
        KubeJson.WriterOptions with { Indented = true, IndentSize = 2 };

    public static Utf8JsonWriter Writer(IBufferWriter<byte> output, ResponseFormat format) =>
        new(output, format.Pretty ? Indented : KubeJson.WriterOptions);

    /// <summary>Writes one object, projected as asked; a Table tells ages as of <paramref name="now"/>.</summary>
    public static void Write(
        IBufferWriter<byte> output, KubeObject value, ResponseFormat format, DateTimeOffset now,
        TableObject include = TableObject.Metadata)
    {
        switch (format.Projection)
        {
            case Projection.Table:
                var metadata = new ListMeta { ResourceVersion = value.Metadata.ResourceVersion };
                WriteTable(output, KindRegistry.Of(value), [value], metadata, format, now, include);
                break;
            case Projection.PartialMetadata:
                Write(output, format, json => WritePartial(json, value.Metadata, format));
                break;
            case Projection.Object:
                Write(output, format, json => KubeJson.Write(json, Shown(value, format)));
                break;
            default:
                throw new InvalidOperationException($"unknown projection {format.Projection}");
        }
    }

    public static KubeObject Shown(KubeObject value, ResponseFormat format) =>
        format.Face is { } face && value.GetType() == face.Stored.ClrType ? face.FromStored(value) : value;

    public static void WriteTable(
        IBufferWriter<byte> output, ResourceKind kind, IEnumerable<KubeObject> values, ListMeta metadata,
        ResponseFormat format, DateTimeOffset now, TableObject include)
    {
        if (format.Encoding == WireEncoding.Json)
        {
            Tables.Write(output, kind, values, now, include, metadata);
            return;
        }

        using var json = new PooledBuffer();
        Tables.Write(json, kind, values, now, include, metadata);
        output.Write(YamlOfJson(json.Written));
    }

    public static void Write(IBufferWriter<byte> output, Status status, ResponseFormat format) =>
        Write(output, format, json => KubeJson.Write(json, status));

    /// <summary>meta/v1 PartialObjectMetadata.</summary>
    public static void WritePartial(Utf8JsonWriter json, ObjectMeta metadata, ResponseFormat format)
    {
        json.WriteStartObject();
        json.WriteString("kind"u8, "PartialObjectMetadata"u8);
        json.WriteString("apiVersion"u8, $"meta.k8s.io/{format.ProjectionVersion}");
        json.WritePropertyName("metadata");
        KubeJson.Write(json, metadata);
        json.WriteEndObject();
    }

    public static byte[] YamlOfJson(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetBytes(KubeYaml.FromJson(json));

    /// <summary>The one document of a YAML body, as JSON; 400 when there is none, or more, or it is no YAML.</summary>
    /// <param name="yaml">The body.</param>
    /// <param name="repeated">Takes what there is to say about repeated keys.</param>
    public static byte[] JsonOfYaml(ReadOnlyMemory<byte> yaml, ICollection<string> repeated) =>
        JsonOfEach(yaml, repeated) switch
    {
        [var only] => only,
        { Count: var count } => throw Failure.BadRequest($"expected one YAML document, got {count}"),
    };

    /// <summary>Every non-empty document of a YAML body, as JSON.</summary>
    public static IReadOnlyList<byte[]> JsonOfEach(ReadOnlyMemory<byte> yaml, ICollection<string>? repeated = null)
    {
        if (!Utf8.IsValid(yaml.Span))
        {
            throw Failure.BadRequest("the body is not valid UTF-8");
        }

        try
        {
            return KubeYaml.ToJson(Encoding.UTF8.GetString(yaml.Span), repeated);
        }
        catch (KubeJsonException broken)
        {
            throw Failure.BadRequest(broken.Message);
        }
    }

    private static void Write(IBufferWriter<byte> output, ResponseFormat format, Action<Utf8JsonWriter> write)
    {
        if (format.Encoding == WireEncoding.Json)
        {
            using var json = Writer(output, format);
            write(json);
            return;
        }

        using var buffer = new PooledBuffer();
        using (var json = Writer(buffer, format with { Pretty = false }))
        {
            write(json);
        }

        output.Write(YamlOfJson(buffer.Written));
    }
}
