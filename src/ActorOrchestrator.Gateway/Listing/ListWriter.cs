using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Gateway.Negotiation;
using ActorOrchestrator.Gateway.Tables;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Listing;

/// <summary>Writes a page of a list as it was asked for: objects, a Table, or their metadata.</summary>
internal static class ListWriter
{
    public static async Task WriteAsync(ApiRequest request, ListPage page)
    {
        if (request.Format.Encoding == WireEncoding.Yaml)
        {
            using var whole = new PooledBuffer();
            var json = request.Format with { Encoding = WireEncoding.Json, Pretty = false };
            await WriteAsync(request, page, json, whole, static () => ValueTask.CompletedTask);
            await ResponseWriter.SendAsync(
                request.Http, 200, request.Format.ContentType, Codec.YamlOfJson(whole.Written));
            return;
        }

        await using var sink = new BodySink(request.Http, request.Format.ContentType);
        await WriteAsync(request, page, request.Format, sink.Buffer, sink.DrainIfLargeAsync);
        await sink.CompleteAsync();
    }

    private static async Task WriteAsync(
        ApiRequest request, ListPage page, ResponseFormat format, PooledBuffer output, Func<ValueTask> drain)
    {
        await using var json = Codec.Writer(output, format);
        var table = format.Projection == Projection.Table ? new TableWriter(request.Kind, TableOptions.Of(request)) : null;
        WriteHead(json, request.Kind, page, format, table);
        foreach (var value in page.Items)
        {
            switch (format.Projection)
            {
                case Projection.Table:
                    table!.WriteRow(json, value, format);
                    break;
                case Projection.PartialMetadata:
                    Codec.WritePartial(json, value.Metadata, format, typed: true);
                    break;
                default:
                    KubeJson.Write(json, value);
                    break;
            }

            json.Flush();
            await drain();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteHead(
        Utf8JsonWriter json, ResourceKind kind, ListPage page, ResponseFormat format, TableWriter? table)
    {
        var (name, version) = format.Projection switch
        {
            Projection.Table => ("Table", $"meta.k8s.io/{format.ProjectionVersion}"),
            Projection.PartialMetadata => ("PartialObjectMetadataList", $"meta.k8s.io/{format.ProjectionVersion}"),
            _ => (kind.ListKind, kind.ApiVersion),
        };
        json.WriteStartObject();
        json.WriteString("kind"u8, name);
        json.WriteString("apiVersion"u8, version);
        json.WritePropertyName("metadata"u8);
        KubeJson.Write(json, new ListMeta
        {
            ResourceVersion = page.Sequence.ToString(),
            Continue = page.Continue,
            RemainingItemCount = page.Remaining,
        });
        table?.WriteColumns(json);
        json.WriteStartArray(format.Projection == Projection.Table ? "rows"u8 : "items"u8);
    }
}
