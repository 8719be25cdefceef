using System.Buffers;
using System.Buffers.Text;
using System.Net.WebSockets;

namespace ActorOrchestrator.Gateway.Streaming;

/// <summary>
/// Several streams over one WebSocket, as Kubernetes does it: the first byte of a message names the channel that the
/// rest is for. In the base64 variants messages are text: a digit, then the bytes in base64.
/// </summary>
internal sealed class WebSocketChannels(WebSocket socket, bool isBase64) : IAsyncDisposable
{
    private const int PieceBytes = 32 * 1024;

    /// <summary>Of what must be read whole: a message in base64, or a note that a channel has ended.</summary>
    private const int WholeBytesMax = 1024 * 1024;

    private readonly SemaphoreSlim _sending = new(1, 1);

    public static WebSocketChannels Over(Stream transport, string protocol) => new(
        StreamUpgrade.WebSocketOver(transport), protocol.Contains("base64", StringComparison.Ordinal));

    /// <summary>Sends a message to a channel. Whoever cancels waits no longer, and it goes out all the same.</summary>
    public async ValueTask SendAsync(byte channel, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        do
        {
            var piece = bytes[..Math.Min(bytes.Length, PieceBytes)];
            bytes = bytes[piece.Length..];
            await SendPieceAsync(channel, piece, cancellation);
        }
        while (bytes.Length > 0);
    }

    /// <summary>Hands on what comes until the other end closes or is lost. Nothing more is taken while
    /// <paramref name="take"/> waits.</summary>
    public async Task ReceiveAsync(
        Func<byte, ReadOnlyMemory<byte>, ValueTask> take, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (true)
            {
                var first = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
                if (first.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                if (isBase64 || (first.Count > 0 && buffer[0] == byte.MaxValue))
                {
                    await WholeAsync(buffer, first, take, cancellation);
                }
                else
                {
                    await PiecesAsync(buffer, first, take, cancellation);
                }
            }
        }
        catch (Exception lost) when (IsLoss(lost))
        {
            // As if it had closed.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Says goodbye, and waits for the other end to do so; somebody goes on receiving meanwhile.</summary>
    public async Task CloseAsync(Task received, TimeSpan wait)
    {
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            await received.WaitAsync(wait);
        }
        catch (Exception lost) when (lost is TimeoutException || IsLoss(lost))
        {
            // It is closed without.
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Abort();
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public static bool IsLoss(Exception failure) =>
        failure is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException
            or InvalidOperationException;

    private async ValueTask SendPieceAsync(byte channel, ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        var message = ArrayPool<byte>.Shared.Rent(1 + Base64.GetMaxEncodedToUtf8Length(piece.Length));

        // Whoever does not wait for the message any longer leaves it under way: a half of it would end the connection.
        await SendAsync(message, Encode(channel, piece.Span, message)).WaitAsync(cancellation);
    }

    /// <summary>When it is this message's turn, which it passes on.</summary>
    private async Task SendAsync(byte[] message, int length)
    {
        try
        {
            await socket.SendAsync(
                message.AsMemory(0, length), isBase64 ? WebSocketMessageType.Text : WebSocketMessageType.Binary,
                endOfMessage: true, CancellationToken.None);
        }
        catch (Exception lost) when (IsLoss(lost))
        {
            throw new IOException($"the client is lost: {lost.Message}", lost);
        }
        finally
        {
            _sending.Release();
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    private int Encode(byte channel, ReadOnlySpan<byte> piece, Span<byte> message)
    {
        if (!isBase64)
        {
            message[0] = channel;
            piece.CopyTo(message[1..]);
            return 1 + piece.Length;
        }

        message[0] = (byte)('0' + channel);
        Base64.EncodeToUtf8(piece, message[1..], out _, out var written);
        return 1 + written;
    }

    private async Task PiecesAsync(
        byte[] buffer, ValueWebSocketReceiveResult piece, Func<byte, ReadOnlyMemory<byte>, ValueTask> take,
        CancellationToken cancellation)
    {
        var channel = buffer[0];
        var from = Math.Min(1, piece.Count);
        while (true)
        {
            if (piece.Count > from)
            {
                await take(channel, buffer.AsMemory(from, piece.Count - from));
            }

            if (piece.EndOfMessage)
            {
                return;
            }

            from = 0;
            piece = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
        }
    }

    private async Task WholeAsync(
        byte[] buffer, ValueWebSocketReceiveResult piece, Func<byte, ReadOnlyMemory<byte>, ValueTask> take,
        CancellationToken cancellation)
    {
        var message = new ArrayBufferWriter<byte>();
        message.Write(buffer.AsSpan(0, piece.Count));
        while (!piece.EndOfMessage)
        {
            piece = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
            if (message.WrittenCount + piece.Count > WholeBytesMax)
            {
                throw new WebSocketException("the message is too long");
            }

            message.Write(buffer.AsSpan(0, piece.Count));
        }

        if (message.WrittenCount == 0)
        {
            return;
        }

        var (channel, bytes) = (message.WrittenSpan[0], message.WrittenMemory[1..]);
        await (isBase64 ? take((byte)(channel - '0'), Decoded(bytes)) : take(channel, bytes));
    }

    private static byte[] Decoded(ReadOnlyMemory<byte> text)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text.Span, bytes, out _, out var written) == OperationStatus.Done
            ? bytes[..written]
            : throw new WebSocketException("the message is not base64");
    }
}
