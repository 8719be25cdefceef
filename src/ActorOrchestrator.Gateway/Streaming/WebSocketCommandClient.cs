using System.IO.Pipelines;
using ActorOrchestrator.Api;
using ActorOrchestrator.Streams;
using ActorOrchestrator.Streams.Commands;

namespace ActorOrchestrator.Gateway.Streaming;

/// <summary>A client that speaks WebSocket: channels 0 to 4 are input, output, errors, how it ended and the terminal's
/// sizes. Since version 5 a client can say that its input has ended.</summary>
internal sealed class WebSocketCommandClient : ICommandClient
{
    public static readonly string[] Protocols =
    [
        "v5.channel.k8s.io", "v4.channel.k8s.io", "v4.base64.channel.k8s.io", "channel.k8s.io",
        "base64.channel.k8s.io",
    ];

    private const byte Input = 0;
    private const byte Output = 1;
    private const byte Errors = 2;
    private const byte End = 3;
    private const byte Sizes = 4;

    /// <summary>In version 5: the channel that the next byte names has ended.</summary>
    private const byte Closing = byte.MaxValue;

    /// <summary>Of input that the process has not taken yet.</summary>
    private const int InputBytesMax = 256 * 1024;

    private readonly WebSocketChannels _channels;
    private readonly int _version;
    private readonly Pipe _input = new(new PipeOptions(
        pauseWriterThreshold: InputBytesMax, resumeWriterThreshold: InputBytesMax / 2,
        useSynchronizationContext: false));

    private readonly TerminalSizeReader _sizes;
    private readonly CancellationTokenSource _gone = new();
    private readonly Task _received;
    private bool _inputHasEnded;

    private WebSocketCommandClient(WebSocketChannels channels, string protocol, CommandShape shape)
    {
        (_channels, Gone) = (channels, _gone.Token);
        _version = protocol.StartsWith('v') ? protocol[1] - '0' : 1;
        var sizes = TerminalSize.NewChannel();
        _sizes = new TerminalSizeReader(sizes.Writer);
        _inputHasEnded = !shape.Input;
        Streams = new CommandStreams(
            shape.Input ? _input.Reader.AsStream() : null, shape.Output ? new ChannelOutput(channels, Output) : null,
            shape.Error ? new ChannelOutput(channels, Errors) : null, sizes.Reader);
        _received = ReceiveAsync();
    }

    public CommandStreams Streams { get; }

    public CancellationToken Gone { get; }

    public static async Task<WebSocketCommandClient> AcceptAsync(Stream transport, string protocol, CommandShape shape)
    {
        var channels = WebSocketChannels.Over(transport, protocol);
        var client = new WebSocketCommandClient(channels, protocol, shape);
        try
        {
            // An empty message on the first channel that is written tells the client that the connection stands.
            await channels.SendAsync(
                shape.Output ? Output : shape.Error ? Errors : End, default, client.Gone);
        }
        catch (Exception lost) when (WebSocketChannels.IsLoss(lost))
        {
            // Whoever uses the client sees that it is gone.
        }

        return client;
    }

    public async Task EndAsync(Status end)
    {
        var text = CommandEndText.Of(end, _version);
        if (text.Length > 0)
        {
            await _channels.SendAsync(End, text, CancellationToken.None);
        }

        // What still comes is read by nobody, and must not keep the goodbye from being seen.
        await _input.Reader.CompleteAsync();
        await _channels.CloseAsync(_received, StreamBounds.Goodbye);
    }

    public async ValueTask DisposeAsync()
    {
        await _channels.DisposeAsync();
        await _input.Reader.CompleteAsync();
        await _received;
        _gone.Dispose();
    }

    private async Task ReceiveAsync()
    {
        await _channels.ReceiveAsync(TakeAsync, CancellationToken.None);
        await _input.Writer.CompleteAsync(new IOException("the client has left"));
        _gone.Cancel();
    }

    private async ValueTask TakeAsync(byte channel, ReadOnlyMemory<byte> bytes)
    {
        switch (channel)
        {
            case Input when !_inputHasEnded:
                await _input.Writer.WriteAsync(bytes);
                break;
            case Sizes:
                _sizes.Read(bytes.Span);
                break;
            case Closing when _version >= 5 && bytes.Span is [Input] && !_inputHasEnded:
                _inputHasEnded = true;
                await _input.Writer.CompleteAsync();
                break;
            default:
                // Nothing is expected there, and Kubernetes passes over it, too.
                break;
        }
    }

    private sealed class ChannelOutput(WebSocketChannels channels, byte channel) : AsyncStream
    {
        public override bool CanWrite => true;

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            channels.SendAsync(channel, buffer, cancellationToken);
    }
}
