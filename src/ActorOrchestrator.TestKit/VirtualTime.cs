using System.Runtime.ExceptionServices;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.TestKit;

/// <summary>Lets virtual time pass for a test, and ends the test when what runs there breaks.</summary>
internal sealed class VirtualTime(SimulationLoop loop, Func<Exception?> broken)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until the time, or until <paramref name="isOver"/> says so.</summary>
    public void RunUntil(DateTimeOffset end, Func<bool>? isOver = null)
    {
        // What the world runs must not come back by the context of whoever runs the test.
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            loop.RunUntil(end, () => broken() is not null || isOver?.Invoke() == true);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        if (broken() is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause);
        }
    }

    /// <summary>What the program itself reported to be wrong with it, as an exception; null when nothing.</summary>
    public static Exception? Defect(TraceLoggers loggers) => loggers.BugReported is { } bug
        ? new InvalidOperationException($"the program reported a defect of its own: {bug}")
        : null;

    public void Pass(TimeSpan span) => RunUntil(loop.Now + span);

    /// <summary>Runs until nothing stands in the way.</summary>
    /// <returns>What still does after <paramref name="within"/>; null when all is well.</returns>
    public string? Obstacle(Func<string?> obstacle, TimeSpan within)
    {
        var end = loop.Now + within;
        while (true)
        {
            var left = obstacle();
            if (left is null || loop.Now >= end)
            {
                return left;
            }

            RunUntil(loop.Now + LookEvery < end ? loop.Now + LookEvery : end);
        }
    }
}
