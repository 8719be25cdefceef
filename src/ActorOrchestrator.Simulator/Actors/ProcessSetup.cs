using ActorOrchestrator.Simulator.Time;
using Akka.Actor.Setup;

namespace ActorOrchestrator.Simulator.Actors;

/// <summary>Tells an actor system's parts, which Akka makes itself, in which process they are.</summary>
internal sealed class ProcessSetup(SimulatedProcess process) : Setup
{
    public SimulatedProcess Process { get; } = process;
}
