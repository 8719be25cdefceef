using System.Threading.Channels;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Network;

/// <summary>
/// A connection that one side writes and the other reads, in order (as TCP): what is written arrives, or the connection
/// breaks and the reader hears of it, at once when the writer died and after a while when the two are cut off.
/// </summary>
public sealed class SimulatedStream<T>
{
    /// <summary>How long keep-alives go unanswered before a side takes the connection for dead.</summary>
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(15);

    private readonly SimulatedNetwork _network;
    private readonly SimulatedProcess _writer;
    private readonly SimulatedProcess _reader;
    private readonly IDisposable _writerKilled;
    private readonly IDisposable _readerKilled;
    private readonly Channel<T> _arrived =
        Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>What arrives is the oldest of these, whatever woke the reader: a process that thaws takes up what was
    /// held for it in any order.</summary>
    private readonly Queue<Action> _underWay = new();

    private DateTimeOffset _lastArrival;

    public SimulatedStream(SimulatedNetwork network, SimulatedProcess writer, SimulatedProcess reader)
    {
        (_network, _writer, _reader) = (network, writer, reader);
        _writerKilled = writer.WhenKilled(Reset);
        _readerKilled = reader.WhenKilled(Leave);
    }

    public ChannelReader<T> Arrived => _arrived.Reader;

    /// <summary>The writer has nobody to write to any more.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Tells the writer's side, in its process, when that comes about.</summary>
    public event Action? Broken;

    public void Write(T item)
    {
        if (_network.IsCut(_writer.Host, _reader.Host) || _network.IsCut(_reader.Host, _writer.Host))
        {
            Leave();
            _reader.Loop.After(KeepAliveTimeout, () => Break("connection timed out"));
            return;
        }

        Deliver(() => _arrived.Writer.TryWrite(item));
    }

    /// <summary>The writer ends it properly; the reader gets all that was written before.</summary>
    public void Complete()
    {
        Deliver(() => _arrived.Writer.TryComplete());
        Leave();
    }

    /// <summary>The connection is cut at once, whatever is under way.</summary>
    public void Break(string problem)
    {
        Leave();
        _reader.Enter(() => _arrived.Writer.TryComplete(new IOException(problem)));
    }

    private void Reset() => _writer.Loop.After(_network.Delay(), () => Break("connection reset"));

    private void Leave()
    {
        if (!IsBroken)
        {
            IsBroken = true;
            _writerKilled.Dispose();
            _readerKilled.Dispose();
            _writer.Enter(() => Broken?.Invoke());
        }
    }

    private void Deliver(Action deliver)
    {
        if (IsBroken)
        {
            return;
        }

        var due = _writer.Loop.Now + _network.Delay();
        _lastArrival = due > _lastArrival ? due : _lastArrival;
        _underWay.Enqueue(deliver);
        _writer.Loop.At(_lastArrival, () => _reader.Enter(() => _underWay.Dequeue().Invoke()));
    }
}
