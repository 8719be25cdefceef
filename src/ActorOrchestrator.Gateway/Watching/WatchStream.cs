using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Negotiation;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Watching;

/// <summary>Writes meta/v1 WatchEvents to one client: a JSON object a line, or YAML documents.</summary>
internal sealed class WatchStream(PipeWriter output, ResourceKind kind, ResponseFormat format)
{
    /// <summary>Written without a flush at most: enough to fill packets, little enough to bound a slow
    /// client.</summary>
    private const int UnflushedBytesMax = 64 * 1024;

    private long _unflushed;

    public int EventCount { get; private set; }

    public static ReadOnlySpan<byte> Added => "ADDED"u8;

    public static ReadOnlySpan<byte> Modified => "MODIFIED"u8;

    public static ReadOnlySpan<byte> Deleted => "DELETED"u8;

    /// <summary>Writes an event whose object is encoded already (as JSON).</summary>
    public void Write(ReadOnlySpan<byte> type, ReadOnlySpan<byte> json)
    {
        EventCount++;
        if (format.Encoding == WireEncoding.Yaml)
        {
            using var frame = new PooledBuffer();
            WriteJson(frame, type, json);
            Put("---\n"u8);
            Put(Codec.YamlOfJson(frame.Written));
            return;
        }

        WriteJson(output, type, json);
        _unflushed += json.Length;
    }

    /// <summary>Tells how far the client has seen, so that it can go on from there after a break.</summary>
    public void WriteBookmark(long sequence, bool endOfInitialEvents) =>
        Write("BOOKMARK"u8, BookmarkJson(sequence, endOfInitialEvents));

    public void WriteError(Status status)
    {
        using var buffer = new PooledBuffer();
        Codec.Write(buffer, status, ResponseFormat.Json);
        Write("ERROR"u8, buffer.Written.Span);
    }

    public ValueTask FlushIfMuchAsync(CancellationToken cancellation) =>
        _unflushed > UnflushedBytesMax ? FlushAsync(cancellation) : ValueTask.CompletedTask;

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        _unflushed = 0;
        await output.FlushAsync(cancellation);
    }

    private byte[] BookmarkJson(long sequence, bool endOfInitialEvents)
    {
        var annotations = endOfInitialEvents ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "";
        var metadata = $"\"metadata\":{{\"resourceVersion\":\"{sequence}\",\"creationTimestamp\":null{annotations}}}";
        var text = format.Projection switch
        {
            Projection.Table =>
                $"{{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/{format.ProjectionVersion}\","
                + $"\"metadata\":{{\"resourceVersion\":\"{sequence}\"}},\"columnDefinitions\":[],\"rows\":[]}}",
            Projection.PartialMetadata =>
                "{\"kind\":\"PartialObjectMetadata\","
                + $"\"apiVersion\":\"meta.k8s.io/{format.ProjectionVersion}\",{metadata}}}",
            _ => $"{{\"kind\":\"{kind.Kind}\",\"apiVersion\":\"{kind.ApiVersion}\",{metadata}}}",
        };
        return Encoding.UTF8.GetBytes(text);
    }

    private static void WriteJson(IBufferWriter<byte> to, ReadOnlySpan<byte> type, ReadOnlySpan<byte> json)
    {
        to.Write("{\"type\":\""u8);
        to.Write(type);
        to.Write("\",\"object\":"u8);
        to.Write(json);
        to.Write("}\n"u8);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        _unflushed += bytes.Length;
    }
}
