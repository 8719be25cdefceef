using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Faults;

/// <summary>Something that goes wrong.</summary>
/// <param name="Name">As in the options.</param>
/// <param name="Every">The usual mean time between two of it.</param>
/// <param name="Begin">Makes it happen; answers how to undo it, or null where it undoes itself.</param>
internal sealed record FaultKind(string Name, TimeSpan Every, Func<World, Dice, Outage?> Begin)
{
    /// <summary>Whether a swarm has it is drawn by a dice of its own, so that it changes nothing of swarms without
    /// it.</summary>
    public bool IsDrawnApart { get; init; }
}

/// <summary>Something that lasts.</summary>
/// <param name="Wait">How long.</param>
/// <param name="What">For the trace.</param>
/// <param name="End">Undoes it.</param>
internal sealed record Outage(TimeSpan Wait, string What, Action End);
