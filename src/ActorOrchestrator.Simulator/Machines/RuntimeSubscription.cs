using System.Threading.Channels;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>One event stream of one agent: in order, until either side ends it.</summary>
internal sealed class RuntimeSubscription(SimulatedProcess agent)
{
    private readonly Channel<RuntimeEvent> _arrived =
        Channel.CreateUnbounded<RuntimeEvent>(new UnboundedChannelOptions { SingleReader = true });

    private DateTimeOffset _lastArrival;
    private bool _isClosed;

    public ChannelReader<RuntimeEvent> Arrived => _arrived.Reader;

    /// <summary>Nobody reads it any more.</summary>
    public bool IsOver => _isClosed || agent.IsDead;

    /// <summary>The reader has had enough.</summary>
    public void Close() => _isClosed = true;

    public void Deliver(RuntimeEvent told, TimeSpan delay) => Arrive(delay, () => _arrived.Writer.TryWrite(told));

    /// <summary>What was told before still arrives.</summary>
    public void Break(TimeSpan delay) => Arrive(delay, () => _arrived.Writer.TryComplete());

    private void Arrive(TimeSpan delay, Action arrival)
    {
        var due = agent.Loop.Now + delay;
        _lastArrival = due > _lastArrival ? due : _lastArrival;
        agent.Loop.At(_lastArrival, () => agent.Enter(arrival));
    }
}
