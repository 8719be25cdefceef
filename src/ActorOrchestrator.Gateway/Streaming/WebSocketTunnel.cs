using System.Net.WebSockets;
using ActorOrchestrator.Streams;

namespace ActorOrchestrator.Gateway.Streaming;

/// <summary>The bytes of another protocol in the messages of a WebSocket, whose bounds mean nothing.</summary>
internal sealed class WebSocketTunnel(WebSocket socket) : AsyncStream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var piece = await socket.ReceiveAsync(buffer, cancellationToken);
            if (piece.MessageType == WebSocketMessageType.Close)
            {
                return 0;
            }

            if (piece.Count > 0)
            {
                return piece.Count;
            }
        }
    }

    public override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Abort();
            socket.Dispose();
        }

        base.Dispose(disposing);
    }
}
