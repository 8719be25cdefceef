using ActorOrchestrator.Api;
using ActorOrchestrator.Streams.Commands;
using ActorOrchestrator.Streams.Spdy;

namespace ActorOrchestrator.Gateway.Streaming;

/// <summary>
/// A client that speaks SPDY/3.1: it opens a stream for each of the process' own, one for how it ended, and, since
/// version 3, one for the sizes of its terminal. The command begins when all are there.
/// </summary>
internal sealed class SpdyCommandClient : ICommandClient
{
    public static readonly string[] Protocols =
        ["v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"];

    private const int SizesVersion = 3;

    /// <summary>A stream for everything that there is.</summary>
    private static readonly SpdyLimits Limits = new(StreamsMax: 8, WindowBytes: 256 * 1024);

    private readonly SpdyConnection _connection;
    private readonly Dictionary<string, SpdyStream> _streams;
    private readonly int _version;
    private readonly Task _sizes;

    private SpdyCommandClient(SpdyConnection connection, Dictionary<string, SpdyStream> streams, int version)
    {
        (_connection, _streams, _version) = (connection, streams, version);
        var sizes = TerminalSize.NewChannel();
        _sizes = ReadSizesAsync(streams.GetValueOrDefault("resize"), new TerminalSizeReader(sizes.Writer));
        Streams = new CommandStreams(
            streams.GetValueOrDefault("stdin"), streams.GetValueOrDefault("stdout"),
            streams.GetValueOrDefault("stderr"), sizes.Reader);
    }

    public CommandStreams Streams { get; }

    public CancellationToken Gone => _connection.Ended;

    /// <returns>Null if the client has left, or has not opened its streams in time.</returns>
    public static async Task<SpdyCommandClient?> AcceptAsync(
        Stream transport, string protocol, CommandShape shape, TimeSpan wait, TimeProvider time)
    {
        var version = VersionOf(protocol);
        var connection = new SpdyConnection(transport, isServer: true, Limits);
        using var late = new CancellationTokenSource(wait, time);
        try
        {
            var streams = new Dictionary<string, SpdyStream>();
            foreach (var _ in Expected(shape, version))
            {
                var stream = await connection.Opened.ReadAsync(late.Token);
                await stream.AcceptAsync();
                streams[stream.Headers.GetValueOrDefault("streamtype", "")] = stream;
            }

            if (Expected(shape, version).All(streams.ContainsKey))
            {
                return new SpdyCommandClient(connection, streams, version);
            }
        }
        catch (Exception left) when (
            left is OperationCanceledException or IOException or System.Threading.Channels.ChannelClosedException)
        {
            // Its connection is closed below.
        }

        await connection.DisposeAsync();
        return null;
    }

    public async Task EndAsync(Status end)
    {
        foreach (var type in (string[])["stdout", "stderr"])
        {
            if (_streams.TryGetValue(type, out var output))
            {
                await output.CompleteWritesAsync();
            }
        }

        var error = _streams["error"];
        await error.WriteAsync(CommandEndText.Of(end, _version));
        await error.CompleteWritesAsync();

        // What still comes on its input is read by nobody, and must not keep the goodbye from being seen.
        foreach (var type in (string[])["stdin", "resize"])
        {
            if (_streams.TryGetValue(type, out var input))
            {
                await input.DisposeAsync();
            }
        }

        await _connection.GoAwayAsync(StreamBounds.Goodbye);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _sizes;
    }

    private static int VersionOf(string protocol) => protocol.StartsWith('v') ? protocol[1] - '0' : 1;

    private static IEnumerable<string> Expected(CommandShape shape, int version)
    {
        yield return "error";
        if (shape.Input)
        {
            yield return "stdin";
        }

        if (shape.Output)
        {
            yield return "stdout";
        }

        if (shape.Error)
        {
            yield return "stderr";
        }

        if (shape.Terminal && version >= SizesVersion)
        {
            yield return "resize";
        }
    }

    private static async Task ReadSizesAsync(SpdyStream? from, TerminalSizeReader reader)
    {
        if (from is null)
        {
            return;
        }

        var piece = new byte[256];
        try
        {
            int length;
            while ((length = await from.ReadAsync(piece)) > 0)
            {
                reader.Read(piece.AsSpan(0, length));
            }
        }
        catch (Exception end) when (end is IOException or InvalidOperationException)
        {
            // The connection has ended, or the command.
        }
    }
}
