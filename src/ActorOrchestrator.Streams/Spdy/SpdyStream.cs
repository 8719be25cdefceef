using System.Buffers;
using System.IO.Pipelines;

namespace ActorOrchestrator.Streams.Spdy;

/// <summary>
/// One stream of a connection, read and written independently:
/// <code>
/// ours      Accept, or the other end's reply ─► Write … ─► CompleteWrites
/// theirs    Read … until 0
/// </code>
/// Disposal of one that has not ended on both sides resets it.
/// </summary>
public sealed class SpdyStream : AsyncStream
{
    private readonly SpdyConnection _connection;
    private readonly Pipe _input;
    private readonly TaskCompletionSource _replied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _creditBytes;
    private volatile IOException? _broken;
    private int _uncredited;
    private int _sides;
    private int _disposed;

    internal SpdyStream(SpdyConnection connection, int id, IReadOnlyDictionary<string, string> headers, int window)
    {
        (_connection, Id, Headers) = (connection, id, headers);
        _creditBytes = window / 2;
        _input = new Pipe(new PipeOptions(
            pauseWriterThreshold: window, resumeWriterThreshold: _creditBytes, useSynchronizationContext: false));
    }

    public int Id { get; }

    /// <summary>As the end that opened it sent them, names in lower case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>What was given to be written, whether it is out yet or not.</summary>
    public long BytesGiven { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    internal Task Replied => _replied.Task;

    /// <summary>Takes a stream that the other end has opened; before that nothing may be written to it.</summary>
    public ValueTask AcceptAsync() => _connection.ReplyAsync(this);

    /// <summary>Tells the other end that nothing more comes.</summary>
    public async ValueTask CompleteWritesAsync()
    {
        if (End(Side.Ours))
        {
            await _connection.WriteDataAsync(Id, default, isLast: true, CancellationToken.None);
            _connection.ForgetIf(this, HasEnded);
        }
    }

    /// <summary>Nothing more is to come, whether the other end says so or not: what has arrived is read to its
    /// end.</summary>
    public void CompleteReads() => OnLast();

    /// <summary>What came before a reset is read before it is told.</summary>
    /// <exception cref="IOException">The stream was reset, or its connection is lost.</exception>
    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await _input.Reader.ReadAsync(cancellationToken);
        if (result is { IsCompleted: true, Buffer.IsEmpty: true } && _broken is { } why)
        {
            throw new IOException(why.Message, why);
        }

        var length = (int)Math.Min(buffer.Length, result.Buffer.Length);
        var taken = result.Buffer.Slice(0, length);
        taken.CopyTo(buffer.Span);
        _input.Reader.AdvanceTo(taken.End);
        Credit(length);
        return length;
    }

    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)"/>
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            if (HasEndedOn(Side.Ours))
            {
                throw new IOException(_broken?.Message ?? "the stream takes nothing more", _broken);
            }

            var piece = buffer[..Math.Min(buffer.Length, SpdyConnection.DataBytesMax)];
            BytesGiven += piece.Length;
            await _connection.WriteDataAsync(Id, piece, isLast: false, cancellationToken);
            buffer = buffer[piece.Length..];
        }
    }

    internal bool HasEnded => Volatile.Read(ref _sides) == (int)(Side.Ours | Side.Theirs);

    internal void OnReply() => _replied.TrySetResult();

    /// <summary>Takes in what came; waits while the window is full.</summary>
    internal async ValueTask OnDataAsync(ReadOnlySequence<byte> data, CancellationToken cancellation)
    {
        if (HasEndedOn(Side.Theirs))
        {
            return;
        }

        try
        {
            foreach (var piece in data)
            {
                await _input.Writer.WriteAsync(piece, cancellation);
            }
        }
        catch (InvalidOperationException) when (HasEndedOn(Side.Theirs))
        {
            // It was closed here meanwhile, and nobody reads what else comes.
        }
    }

    internal void OnLast()
    {
        if (End(Side.Theirs))
        {
            _input.Writer.Complete();
        }
    }

    /// <summary>It was reset, or the connection has ended.</summary>
    internal void OnBroken(IOException why)
    {
        _broken ??= HasEndedOn(Side.Theirs) ? null : why;
        End(Side.Ours);
        OnLast();

        _replied.TrySetException(why);
        _ = _replied.Task.Exception;
    }

    internal void EndOurs() => End(Side.Ours);

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            // What still comes is thrown away.
            _input.Reader.Complete();
            _connection.Drop(this, HasEnded);
        }

        base.Dispose(disposing);
    }

    private bool HasEndedOn(Side side) => (Volatile.Read(ref _sides) & (int)side) != 0;

    /// <returns>False if that side had ended before.</returns>
    private bool End(Side side) => (Interlocked.Or(ref _sides, (int)side) & (int)side) == 0;

    /// <summary>Lets the other end send as much again as was read, where it goes by windows.</summary>
    private void Credit(int read)
    {
        _uncredited += read;
        if (_uncredited >= _creditBytes && !HasEndedOn(Side.Theirs))
        {
            _connection.Credit(Id, _uncredited);
            _uncredited = 0;
        }
    }

    [Flags]
    private enum Side
    {
        Ours = 1, Theirs = 2,
    }
}
