using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Streams.Commands;
using ActorOrchestrator.Streams.Spdy;

namespace ActorOrchestrator.Agent.Cri.Streaming;

/// <summary>
/// A command or an attachment at the runtime's streaming server, which speaks what the kubelet does: SPDY/3.1, and
/// over it v4.channel.k8s.io, a stream for each of the process' own, one for its end and one for its terminal's sizes.
/// </summary>
/// <param name="findUnread">Finds what may be unread of the input and keep the runtime from telling the end; only asked
/// when the end is not told. Null, or an answer of null: that is not known.</param>
internal sealed class CriCommandSession(
    SpdyClient client, Uri url, CommandShape shape, Func<CancellationToken, Task<UnreadInput?>>? findUnread = null)
    : ICommandSession
{
    private const string Version = "v4.channel.k8s.io";
    private const int EndBytesMax = 64 * 1024;

    /// <summary>Input that a process has not read and that a pipe holds nevertheless.</summary>
    private const int PipeBytes = 64 * 1024;

    /// <summary>For the runtime to say by itself how a command ended whose output has ended.</summary>
    private static readonly TimeSpan UntoldPause = TimeSpan.FromMilliseconds(500);

    /// <summary>So often the end of a command that left input unread is waited for that pause.</summary>
    private const int UntoldPausesMax = 10;

    /// <summary>Of output as fast as a client takes it, twice what a frame holds.</summary>
    private static readonly SpdyLimits Limits = new(StreamsMax: 1, WindowBytes: 64 * 1024);

    public async Task<Status> RunAsync(CommandStreams streams, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await client.ConnectAsync(url, Version, Limits, cancellation);
            return await RunAsync(connection, streams, cancellation);
        }
        catch (IOException lost)
        {
            cancellation.ThrowIfCancellationRequested();
            return CommandEnds.Failed(FailureWords.Of(lost));
        }
    }

    private async Task<Status> RunAsync(
        SpdyConnection connection, CommandStreams streams, CancellationToken cancellation)
    {
        // The server begins when it has all that the query asks for.
        await using var end = await OpenAsync(connection, "error", cancellation);
        await using var input = shape.Input ? await OpenAsync(connection, "stdin", cancellation) : null;
        await using var output = shape.Output ? await OpenAsync(connection, "stdout", cancellation) : null;
        await using var error = shape.Error ? await OpenAsync(connection, "stderr", cancellation) : null;
        await using var sizes = shape.Terminal ? await OpenAsync(connection, "resize", cancellation) : null;

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var given = Task.WhenAll(
            GiveAsync(streams.Input, input, ended.Token), ResizeAsync(streams, sizes, ended.Token));
        var shown = Task.WhenAll(
            TakeAsync(output, streams.Output, ended.Token), TakeAsync(error, streams.Error, ended.Token));
        var told = EndOfAsync(end, ended.Token);
        try
        {
            if (await Task.WhenAny(told, shown) == shown)
            {
                await shown;
                return await ToldAsync(told, input, cancellation);
            }

            // All output was sent before the end was told; who reads it slowly gets it all the same.
            var how = await told;
            output?.CompleteReads();
            error?.CompleteReads();
            await shown;
            return how;
        }
        finally
        {
            // Input that nobody takes any more is under way until the connection ends.
            await ended.CancelAsync();
            await connection.DisposeAsync();
            await Task.WhenAll(given, shown, told).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Status> ToldAsync(Task<Status> told, SpdyStream? input, CancellationToken cancellation)
    {
        var untold = 0;
        Task<UnreadInput?>? finding = null;
        while (true)
        {
            var late = Task.Delay(UntoldPause, cancellation);
            if (await Task.WhenAny(told, late) == told)
            {
                return await told;
            }

            await late;
            if (input is null || input.BytesGiven <= PipeBytes)
            {
                continue;
            }

            // A command that only closed its output is waited for, as long as it may take.
            finding ??= findUnread?.Invoke(cancellation) ?? Task.FromResult<UnreadInput?>(null);
            untold = await finding is not { } unread || await unread.DiscardAsync(cancellation) ? untold + 1 : 0;
            if (untold == UntoldPausesMax)
            {
                return CommandEnds.Failed(
                    "its output has ended, its input was not read to the end, and the container runtime does not say "
                    + "how it ended");
            }
        }
    }

    private static Task<SpdyStream> OpenAsync(SpdyConnection connection, string type, CancellationToken cancellation) =>
        connection.OpenAsync(new Dictionary<string, string> { ["streamtype"] = type }, cancellation);

    private static async Task GiveAsync(Stream? from, SpdyStream? to, CancellationToken cancellation)
    {
        if (from is not null && to is not null)
        {
            await StreamCopy.CopyAsync(from, to, cancellation);
            await to.CompleteWritesAsync();
        }
    }

    private static async Task TakeAsync(SpdyStream? from, Stream? to, CancellationToken cancellation)
    {
        if (from is not null && to is not null)
        {
            await StreamCopy.CopyAsync(from, to, cancellation);
        }
    }

    private static async Task ResizeAsync(CommandStreams streams, SpdyStream? to, CancellationToken cancellation)
    {
        if (to is null)
        {
            return;
        }

        await foreach (var size in streams.Sizes.ReadAllAsync(cancellation))
        {
            await to.WriteAsync(size.ToJson(), cancellation);
        }
    }

    /// <summary>The runtime says how it ended when all its output is out.</summary>
    private static async Task<Status> EndOfAsync(SpdyStream end, CancellationToken cancellation)
    {
        var text = new byte[EndBytesMax];
        var length = await end.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellation);
        if (length == 0)
        {
            return CommandEnds.Failed("the container runtime does not say how the command ended");
        }

        try
        {
            return KubeJson.Read<Status>(text.AsSpan(0, length));
        }
        catch (KubeJsonException)
        {
            return CommandEnds.Failed(System.Text.Encoding.UTF8.GetString(text, 0, length));
        }
    }
}
