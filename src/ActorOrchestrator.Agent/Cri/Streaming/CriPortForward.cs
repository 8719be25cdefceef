using System.Text;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Streams.Commands;
using ActorOrchestrator.Streams.Spdy;

namespace ActorOrchestrator.Agent.Cri.Streaming;

/// <summary>
/// Connections into a sandbox by the runtime's streaming server, an SPDY/3.1 connection for each: containerd reads no
/// more of a connection once it has bytes for a stream that nobody takes, as where nobody listens on a port.
/// </summary>
internal sealed class CriPortForward(Func<CancellationToken, Task<SpdyConnection>> connect) : IPortForward
{
    public const string Version = "portforward.k8s.io";

    private const int FaultBytesMax = 16 * 1024;

    public static readonly SpdyLimits Limits = new(StreamsMax: 1, WindowBytes: 64 * 1024);

    public async Task ForwardAsync(int port, Stream client, CancellationToken cancellation)
    {
        await using var connection = await ConnectAsync(cancellation);
        await using var fault = await OpenAsync(connection, "error", port, cancellation);
        await fault.CompleteWritesAsync();
        await using var data = await OpenAsync(connection, "data", port, cancellation);
        await StreamCopy.BothWaysAsync(client, data, data.CompleteWritesAsync, cancellation);
        var text = new byte[FaultBytesMax];
        var length = await fault.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellation);
        if (length > 0)
        {
            throw new IOException(Encoding.UTF8.GetString(text, 0, length));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<SpdyConnection> ConnectAsync(CancellationToken cancellation)
    {
        try
        {
            return await connect(cancellation);
        }
        catch (ContainerRuntimeException failure)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    private static Task<SpdyStream> OpenAsync(
        SpdyConnection connection, string type, int port, CancellationToken cancellation) =>
        connection.OpenAsync(
            new Dictionary<string, string>
            {
                ["streamtype"] = type, ["port"] = port.ToString(), ["requestid"] = "0",
            },
            cancellation);
}
