using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;

namespace ActorOrchestrator.Streams.Spdy;

/// <summary>
/// A connection of SPDY/3.1, either end: streams over one ordered transport. It lives until the transport ends, the
/// other end breaks the protocol, or it is disposed; its streams fail then.
/// </summary>
/// <remarks>
/// Both ends of this protocol in Kubernetes are one implementation in Go, which neither keeps windows nor opens them.
/// So ours are opened for whoever keeps them, but nobody's are waited for: an end that cannot take more stops reading,
/// as this one does.
/// </remarks>
public sealed partial class SpdyConnection : IAsyncDisposable
{
    /// <summary>Of one data frame that is written.</summary>
    public const int DataBytesMax = 32 * 1024;

    /// <summary>Answers to what the other end does (pings, resets) that wait to be written. An end that asks for more
    /// and does not read them is left.</summary>
    private const int AnswersMax = 4 * 1024;

    private static readonly Dictionary<string, string> NoHeaders = [];

    private readonly Stream _transport;
    private readonly SpdyLimits _limits;
    private readonly bool _isServer;
    private readonly int _parity;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly HeaderBlockWriter _headers = new();
    private readonly ConcurrentDictionary<int, SpdyStream> _streams = new();
    private readonly Channel<byte[]> _answers = Channel.CreateBounded<byte[]>(AnswersMax);
    private readonly Channel<SpdyStream> _accepted;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _work;
    private int _lastId;
    private int _lastTheirs;
    private int _uncredited;
    private volatile IOException? _fault;
    private int _disposed;

    /// <param name="transport">Read and written at once; disposed with the connection.</param>
    /// <param name="isServer">Which ids are whose: a client's streams have odd ones.</param>
    public SpdyConnection(Stream transport, bool isServer, SpdyLimits limits)
    {
        (_transport, _limits) = (transport, limits);
        Ended = _ended.Token;
        _isServer = isServer;
        _parity = isServer ? 0 : 1;
        _lastId = isServer ? 0 : -1;
        _accepted = Channel.CreateBounded<SpdyStream>(limits.StreamsMax);
        _work = Task.WhenAll(ReadLoopAsync(), AnswerLoopAsync());
    }

    /// <summary>Streams that the other end has opened; completed when the connection ends.</summary>
    public ChannelReader<SpdyStream> Opened => _accepted.Reader;

    /// <summary>Cancelled when the connection has ended, by whomever.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Opens a stream, and waits until the other end has taken it.</summary>
    /// <exception cref="IOException">It was refused, or the connection is lost.</exception>
    public async Task<SpdyStream> OpenAsync(
        IReadOnlyDictionary<string, string> headers, CancellationToken cancellation)
    {
        SpdyStream stream;
        await LockAsync(cancellation);
        try
        {
            // Ids grow in the order in which the streams are announced, as the header blocks do.
            stream = new SpdyStream(this, _lastId += 2, headers, _limits.WindowBytes);
            _streams[stream.Id] = stream;
            await SendAsync(SpdyFrame.SynStream(stream.Id, _headers.Write(headers)));
        }
        finally
        {
            _writing.Release();
        }

        if (Ended.IsCancellationRequested)
        {
            stream.OnBroken(Fault());
        }

        await stream.Replied.WaitAsync(cancellation);
        return stream;
    }

    /// <summary>Says that the connection is over, and waits for the other end to leave: whoever leaves first may take
    /// with him what the other has not read yet.</summary>
    public async Task GoAwayAsync(TimeSpan wait)
    {
        try
        {
            await WriteAsync(SpdyFrame.GoAway(_lastTheirs), CancellationToken.None);
        }
        catch (IOException)
        {
            return;
        }

        var left = Task.Delay(Timeout.InfiniteTimeSpan, Ended);
        await Task.WhenAny(left, Task.Delay(wait, Ended));
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await EndAsync(new IOException("the connection was closed"));
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var stream in _streams.Values)
        {
            await stream.DisposeAsync();
        }

        await _transport.DisposeAsync();
        _ended.Dispose();
    }

    internal async ValueTask ReplyAsync(SpdyStream stream)
    {
        await LockAsync(CancellationToken.None);
        try
        {
            await SendAsync(SpdyFrame.SynReply(stream.Id, _headers.Write(NoHeaders)));
        }
        finally
        {
            _writing.Release();
        }
    }

    internal async ValueTask WriteDataAsync(
        int streamId, ReadOnlyMemory<byte> data, bool isLast, CancellationToken cancellation)
    {
        var length = SpdyFrame.HeaderBytes + data.Length;
        var frame = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            SpdyFrame.WriteDataHeader(frame, streamId, isLast ? SpdyFrame.Fin : (byte)0, data.Length);
            data.CopyTo(frame.AsMemory(SpdyFrame.HeaderBytes));
            await LockAsync(cancellation);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(frame);
            throw;
        }

        // Whoever does not wait for the frame any longer leaves it under way: half of one would break the connection.
        await SendDataAsync(frame, length).WaitAsync(cancellation);
    }

    /// <summary>Under the lock, which it gives back as it does the frame.</summary>
    private async Task SendDataAsync(byte[] frame, int length)
    {
        try
        {
            await SendAsync(frame.AsMemory(0, length));
        }
        finally
        {
            _writing.Release();
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    /// <summary>Servers keep no windows, and one that is told of them while it closes its end takes back what it has
    /// written last (its kernel answers what nobody reads any more with a reset).</summary>
    internal void Credit(int streamId, int bytes)
    {
        if (!_isServer)
        {
            return;
        }

        Answer(SpdyFrame.WindowUpdate(streamId, bytes));
        var all = Interlocked.Add(ref _uncredited, bytes);
        Interlocked.Add(ref _uncredited, -all);
        Answer(SpdyFrame.WindowUpdate(0, all));
    }

    internal void ForgetIf(SpdyStream stream, bool hasEnded)
    {
        if (hasEnded)
        {
            _streams.TryRemove(stream.Id, out _);
        }
    }

    /// <summary>Nobody reads or writes the stream any more.</summary>
    internal void Drop(SpdyStream stream, bool hasEnded)
    {
        if (!hasEnded && !Ended.IsCancellationRequested)
        {
            Answer(SpdyFrame.RstStream(stream.Id, SpdyReset.Cancel));
        }

        stream.OnBroken(new IOException("the stream was closed"));
        _streams.TryRemove(stream.Id, out _);
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation)
    {
        await LockAsync(cancellation);
        try
        {
            await SendAsync(frame);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Under the lock. A frame is written whole or the connection is of no use, so nobody's wish ends the
    /// writing but that of the connection. What the other end wrote before it went is read all the same: the reading
    /// ends the connection.</summary>
    private async ValueTask SendAsync(ReadOnlyMemory<byte> frame)
    {
        try
        {
            await _transport.WriteAsync(frame, Ended);
            await _transport.FlushAsync(Ended);
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            throw new IOException($"the connection is lost: {failure.Message}", failure);
        }
    }

    private async ValueTask LockAsync(CancellationToken cancellation)
    {
        if (Ended.IsCancellationRequested)
        {
            throw Fault();
        }

        // Who ends the connection ends the write that holds the lock, and so everybody gets it.
        await _writing.WaitAsync(cancellation);
    }

    private void Answer(byte[] frame)
    {
        if (!_answers.Writer.TryWrite(frame) && !Ended.IsCancellationRequested)
        {
            _ = EndAsync(new SpdyException("the other end does not read the answers that it asks for"));
        }
    }

    private async Task AnswerLoopAsync()
    {
        try
        {
            await foreach (var frame in _answers.Reader.ReadAllAsync(Ended))
            {
                await WriteAsync(frame, Ended);
            }
        }
        catch (Exception end) when (IsLoss(end))
        {
            // Nobody is there to hear the rest.
        }
    }

    private async Task EndAsync(IOException why)
    {
        if (Interlocked.CompareExchange(ref _fault, why, null) is not null)
        {
            return;
        }

        await _ended.CancelAsync();
        _accepted.Writer.TryComplete();
        foreach (var stream in _streams.Values)
        {
            stream.OnBroken(why);
        }
    }

    private IOException Fault() => _fault is { } fault
        ? new IOException(fault.Message, fault)
        : new IOException("the connection has ended");

    private static bool IsLoss(Exception failure) =>
        failure is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException
            or System.Net.Sockets.SocketException or System.Net.WebSockets.WebSocketException;
}
