using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Streams.Commands;
using ActorOrchestrator.Streams.Spdy;

namespace ActorOrchestrator.Gateway.Streaming;

/// <summary>
/// Port forwarding over SPDY/3.1: for each connection that a client takes it opens two streams, which name the port and
/// have a request id in common. One carries the connection's bytes, the other the text of its failure.
/// </summary>
internal sealed class SpdyPortForward(SpdyConnection connection, IPortForward ports, TimeProvider time)
{
    public const string Protocol = "portforward.k8s.io";

    /// <summary>The same, in the messages of a WebSocket.</summary>
    public const string Tunnelled = "SPDY/3.1+portforward.k8s.io";

    private const string Data = "data";
    private const string Fault = "error";

    /// <summary>Five hundred connections at once, and with the windows no more memory than is to be had.</summary>
    public static readonly SpdyLimits Limits = new(StreamsMax: 1024, WindowBytes: 64 * 1024);

    private readonly Dictionary<string, Half> _halves = [];
    private readonly HashSet<Task> _forwards = [];

    /// <summary>Serves the client until it leaves, or is left.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, connection.Ended);
        try
        {
            while (await connection.Opened.WaitToReadAsync(ended.Token))
            {
                while (connection.Opened.TryRead(out var stream))
                {
                    await TakeAsync(stream, ended.Token);
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // So it ends.
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(_forwards);
        }
    }

    private async Task TakeAsync(SpdyStream stream, CancellationToken cancellation)
    {
        var type = stream.Headers.GetValueOrDefault("streamtype", "");
        if (type is not (Data or Fault)
            || !ushort.TryParse(stream.Headers.GetValueOrDefault("port"), out var port) || port == 0)
        {
            await stream.DisposeAsync();
            return;
        }

        await stream.AcceptAsync();
        DropLate();
        var request = RequestOf(stream, type);
        if (!_halves.Remove(request, out var other))
        {
            _halves[request] = new Half(stream, type, time.GetTimestamp());
            return;
        }

        if (other.Type == type)
        {
            await other.Stream.DisposeAsync();
            await stream.DisposeAsync();
            return;
        }

        var (data, fault) = type == Data ? (stream, other.Stream) : (other.Stream, stream);
        _forwards.RemoveWhere(forward => forward.IsCompleted);
        _forwards.Add(ForwardAsync(port, data, fault, cancellation));
    }

    /// <summary>Clients from before there were request ids open the stream for data next after the one for
    /// faults.</summary>
    private static string RequestOf(SpdyStream stream, string type) =>
        stream.Headers.GetValueOrDefault("requestid") is { Length: > 0 } named ? named
        : (type == Fault ? stream.Id : stream.Id - 2).ToString();

    private async Task ForwardAsync(int port, SpdyStream data, SpdyStream fault, CancellationToken cancellation)
    {
        await using var _ = data;
        await using var __ = fault;
        try
        {
            await TryForwardAsync(port, data, fault, cancellation);
            await data.CompleteWritesAsync();
            await fault.CompleteWritesAsync();
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // The client has left, or is left.
        }
    }

    private static async Task FailAsync(SpdyStream fault, string why) =>
        await fault.WriteAsync(Encoding.UTF8.GetBytes(why));

    private async Task TryForwardAsync(int port, SpdyStream data, SpdyStream fault, CancellationToken cancellation)
    {
        try
        {
            await ports.ForwardAsync(port, data, cancellation);
        }
        catch (IOException failure) when (!cancellation.IsCancellationRequested)
        {
            await FailAsync(fault, FailureWords.Of(failure));
        }
    }

    /// <summary>A stream whose other half does not come within the time for it is not waited for any longer.</summary>
    private void DropLate()
    {
        foreach (var (request, half) in _halves.Where(
            pair => time.GetElapsedTime(pair.Value.Since) > StreamBounds.Opening).ToList())
        {
            _halves.Remove(request);
            half.Stream.Dispose();
        }
    }

    private sealed record Half(SpdyStream Stream, string Type, long Since);
}
