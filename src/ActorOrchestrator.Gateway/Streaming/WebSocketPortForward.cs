using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Streams;
using ActorOrchestrator.Streams.Commands;

namespace ActorOrchestrator.Gateway.Streaming;

/// <summary>
/// Port forwarding over the channels of a WebSocket: one connection to each port that the query names. The i-th has
/// channel 2i for its bytes and 2i+1 for the text of its failure; the first message on each is the port, two bytes, the
/// lower one first.
/// </summary>
internal sealed class WebSocketPortForward(
    WebSocketChannels channels, IPortForward forward, IReadOnlyList<ushort> ports)
{
    public static readonly string[] Protocols = ["v4.channel.k8s.io", "v4.base64.channel.k8s.io"];

    private const int InputBytesMax = 64 * 1024;

    private readonly Connection[] _connections = [.. ports.Select((port, at) => new Connection(channels, port, at))];

    /// <summary>Serves the client until it leaves, is left, or all connections have ended.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var received = channels.ReceiveAsync(TakeAsync, cancellation);
        try
        {
            foreach (var connection in _connections)
            {
                await connection.IntroduceAsync(cancellation);
            }

            await Task.WhenAny(received, Task.WhenAll(_connections.Select(each => ForwardAsync(each, ended.Token))));
            await channels.CloseAsync(received, StreamBounds.Goodbye);
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // The client has left, or is left.
        }
        finally
        {
            await ended.CancelAsync();
            foreach (var connection in _connections)
            {
                connection.Dispose();
            }
        }
    }

    private async Task ForwardAsync(Connection connection, CancellationToken cancellation)
    {
        try
        {
            await forward.ForwardAsync(connection.Port, connection, cancellation);
        }
        catch (IOException failure) when (!cancellation.IsCancellationRequested)
        {
            await connection.FailAsync(FailureWords.Of(failure), cancellation);
        }
    }

    private async ValueTask TakeAsync(byte channel, ReadOnlyMemory<byte> bytes)
    {
        // What comes for a failure, or for no connection, is passed over.
        if (channel % 2 == 0 && channel / 2 < _connections.Length)
        {
            await _connections[channel / 2].TakeAsync(bytes);
        }
    }

    private sealed class Connection(WebSocketChannels channels, ushort port, int at) : AsyncStream
    {
        private readonly Pipe _input = new(new PipeOptions(
            pauseWriterThreshold: InputBytesMax, resumeWriterThreshold: InputBytesMax / 2,
            useSynchronizationContext: false));

        public ushort Port => port;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        private byte Data => (byte)(2 * at);

        private byte Fault => (byte)((2 * at) + 1);

        public async Task IntroduceAsync(CancellationToken cancellation)
        {
            var bytes = new byte[sizeof(ushort)];
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, port);
            await channels.SendAsync(Data, bytes, cancellation);
            await channels.SendAsync(Fault, bytes, cancellation);
        }

        public ValueTask FailAsync(string why, CancellationToken cancellation) =>
            channels.SendAsync(Fault, Encoding.UTF8.GetBytes(why), cancellation);

        public async ValueTask TakeAsync(ReadOnlyMemory<byte> bytes) => await _input.Writer.WriteAsync(bytes);

        public override ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _input.Reader.AsStream(leaveOpen: true).ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            channels.SendAsync(Data, buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _input.Reader.Complete();
            }

            base.Dispose(disposing);
        }
    }
}
