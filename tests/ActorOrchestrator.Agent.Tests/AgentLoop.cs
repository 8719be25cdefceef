using ActorOrchestrator.Simulator.Actors;
using ActorOrchestrator.Simulator.Time;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Tests;

/// <summary>
/// A process of the simulator for a test: its code and its actors run on the test's own thread, in the order in which
/// they were asked for, on virtual time. When <see cref="Settle"/> returns nothing is left to happen until the clock
/// moves. Code that goes by another thread, such as the thread pool's, fails the test.
/// </summary>
internal sealed class AgentLoop
{
    private readonly SimulationLoop _loop = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly SimulatedProcess _process;

    public AgentLoop()
    {
        _process = new SimulatedProcess(_loop, "n1", "n1/agent", new Dice(1, "scheduling"), TimeSpan.Zero);
        System = Run(() => SimulatedActorSystem.Create(_process));
    }

    public TimeProvider Time => _process.Clock;

    /// <summary>How far the machine's time of day is off.</summary>
    public TimeSpan Skew
    {
        set => _process.Clock.Skew = value;
    }

    public ActorSystem System { get; }

    public T Run<T>(Func<T> start)
    {
        T? result = default;
        _process.Enter(() => result = start());
        return result!;
    }

    /// <summary>Starts something that is to end without the clock, and tells its result.</summary>
    public T Finish<T>(Func<Task<T>> start)
    {
        var task = Run(start);
        Settle();
        Assert.True(task.IsCompleted, "it still waits: for the clock, or for another thread");
        return task.GetAwaiter().GetResult();
    }

    public void Settle() => Advance(0);

    public void Advance(double seconds) => _loop.RunUntil(_loop.Now + TimeSpan.FromSeconds(seconds));
}
