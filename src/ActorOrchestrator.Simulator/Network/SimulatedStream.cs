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
    private readonly Channel<T> _arrived =
        Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true });

    private DateTimeOffset _lastArrival;

    public SimulatedStream(SimulatedNetwork network, SimulatedProcess writer, SimulatedProcess reader)
    {
        (_network, _writer, _reader) = (network, writer, reader);
        writer.Died += () => writer.Loop.After(network.Delay(), () => Break("connection reset"));
        reader.Died += () => IsBroken = true;
    }

    public ChannelReader<T> Arrived => _arrived.Reader;

    /// <summary>The writer has nobody to write to any more.</summary>
    public bool IsBroken { get; private set; }

    public void Write(T item)
    {
        if (_network.IsCut(_writer.Host, _reader.Host) || _network.IsCut(_reader.Host, _writer.Host))
        {
            IsBroken = true;
            _reader.Loop.After(KeepAliveTimeout, () => Break("connection timed out"));
            return;
        }

        Deliver(() => _arrived.Writer.TryWrite(item));
    }

    /// <summary>The writer ends it properly; the reader gets all that was written before.</summary>
    public void Complete()
    {
        IsBroken = true;
        Deliver(() => _arrived.Writer.TryComplete());
    }

    /// <summary>The connection is cut at once, whatever is under way.</summary>
    public void Break(string problem)
    {
        IsBroken = true;
        _reader.Enter(() => _arrived.Writer.TryComplete(new IOException(problem)));
    }

    private void Deliver(Action deliver)
    {
        if (IsBroken && _arrived.Reader.Completion.IsCompleted)
        {
            return;
        }

        var due = _writer.Loop.Now + _network.Delay();
        _lastArrival = due > _lastArrival ? due : _lastArrival;
        _writer.Loop.At(_lastArrival, () => _reader.Enter(deliver));
    }
}
