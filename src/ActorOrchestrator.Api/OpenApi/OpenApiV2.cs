using System.Buffers;
using System.Text.Json;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.OpenApi;

/// <summary>The one OpenAPI 2.0 document of everything served (<c>/openapi/v2</c>).</summary>
public static class OpenApiV2
{
    private static readonly Lazy<byte[]> Document = new(Build);

    /// <summary>As JSON, made once.</summary>
    public static ReadOnlyMemory<byte> Json() => Document.Value;

    private static byte[] Build()
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        using (var writer = new Utf8JsonWriter(output, KubeJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("swagger", "2.0");
            DocumentInfo.Write(writer);
            writer.WriteStartObject("paths");
            new PathWriter(writer, Dialect.V2).WriteAll(KindRegistry.All);
            writer.WriteEndObject();
            writer.WriteStartObject("definitions");
            new DefinitionWriter(writer, Dialect.V2).WriteAll(KindRegistry.All);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }
}
