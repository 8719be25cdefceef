using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Network;

/// <summary>What one process sends to another over one connection: it may be lost, and never overtakes what was sent
/// before.</summary>
public sealed class SimulatedLink(SimulatedNetwork network, SimulatedProcess from, SimulatedProcess to)
{
    /// <summary>What arrives is the oldest of these, whatever woke the receiver: a process that thaws takes up what was
    /// held for it in any order.</summary>
    private readonly Queue<Action> _underWay = new();

    private DateTimeOffset _lastArrival;

    public void Send(Action deliver)
    {
        if (network.Loses(from, to))
        {
            return;
        }

        var due = from.Loop.Now + network.Delay();
        _lastArrival = due > _lastArrival ? due : _lastArrival;
        _underWay.Enqueue(deliver);
        from.Loop.At(_lastArrival, () => to.Enter(() => _underWay.Dequeue().Invoke()));
    }
}
