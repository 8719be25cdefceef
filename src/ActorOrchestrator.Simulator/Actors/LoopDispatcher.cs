using ActorOrchestrator.Simulator.Time;
using Akka.Configuration;
using Akka.Dispatch;

namespace ActorOrchestrator.Simulator.Actors;

/// <summary>Makes the dispatchers of an actor system in a <see cref="SimulatedProcess"/>; named in its
/// configuration.</summary>
public sealed class LoopDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly LoopDispatcher _dispatcher;

    public LoopDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites)
    {
        var setup = prerequisites.Settings.Setup.Get<ProcessSetup>();
        _dispatcher = new LoopDispatcher(this, setup.Value.Process);
    }

    public override MessageDispatcher Dispatcher() => _dispatcher;
}

/// <summary>Runs mailboxes on the simulation's loop, each when the process has a processor for it.</summary>
internal sealed class LoopDispatcher : MessageDispatcher
{
    /// <summary>Messages that an actor takes in one go: few, so that actors get ahead of each other.</summary>
    private const int MessagesAtOnce = 5;

    private readonly SimulatedProcess _process;

    public LoopDispatcher(MessageDispatcherConfigurator configurator, SimulatedProcess process) : base(configurator)
    {
        _process = process;
        Throughput = MessagesAtOnce;
    }

    protected override void ExecuteTask(IRunnable run) => _process.Schedule(run.Run);

    protected override void Shutdown()
    {
        // There are no threads to end.
    }
}
