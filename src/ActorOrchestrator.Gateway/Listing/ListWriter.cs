using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Gateway.Negotiation;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Listing;

/// <summary>Writes a page of a list as it was asked for: objects, a Table, or their metadata.</summary>
internal static class ListWriter
{
    public static async Task WriteAsync(ApiRequest request, ListPage page)
    {
        var format = request.Format;
        if (format.Projection == Projection.Table)
        {
            using var table = new PooledBuffer();
            Codec.WriteTable(
                table, request.Kind, page.Items, MetaOf(page), format, request.Now, request.IncludedObject());
            await ResponseWriter.SendAsync(request.Http, 200, format.ContentType, table.Written);
            return;
        }

        if (format.Encoding == WireEncoding.Yaml)
        {
            using var whole = new PooledBuffer();
            var json = format with { Encoding = WireEncoding.Json, Pretty = false };
            await WriteAsync(request.Kind, page, json, whole, static () => ValueTask.CompletedTask);
            await ResponseWriter.SendAsync(request.Http, 200, format.ContentType, Codec.YamlOfJson(whole.Written));
            return;
        }

        await using var sink = new BodySink(request.Http, format.ContentType);
        await WriteAsync(request.Kind, page, format, sink.Buffer, sink.DrainIfLargeAsync);
        await sink.CompleteAsync();
    }

    private static async Task WriteAsync(
        ResourceKind kind, ListPage page, ResponseFormat format, PooledBuffer output, Func<ValueTask> drain)
    {
        await using var json = Codec.Writer(output, format);
        WriteHead(json, kind, page, format);
        foreach (var value in page.Items)
        {
            if (format.Projection == Projection.PartialMetadata)
            {
                Codec.WritePartial(json, value.Metadata, format);
            }
            else
            {
                KubeJson.Write(json, Codec.Shown(value, format));
            }

            json.Flush();
            await drain();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter json, ResourceKind kind, ListPage page, ResponseFormat format)
    {
        kind = format.Face?.Shown ?? kind;
        var partial = format.Projection == Projection.PartialMetadata;
        json.WriteStartObject();
        json.WriteString("kind"u8, partial ? "PartialObjectMetadataList" : kind.ListKind);
        json.WriteString("apiVersion"u8, partial ? $"meta.k8s.io/{format.ProjectionVersion}" : kind.ApiVersion);
        json.WritePropertyName("metadata"u8);
        KubeJson.Write(json, MetaOf(page));
        json.WriteStartArray("items"u8);
    }

    private static ListMeta MetaOf(ListPage page) => new()
    {
        ResourceVersion = page.Sequence.ToString(),
        Continue = page.Continue,
        RemainingItemCount = page.Remaining,
    };
}
