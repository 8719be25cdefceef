using System.Runtime.ExceptionServices;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Faults;
using ActorOrchestrator.Simulator.Time;
using ActorOrchestrator.Simulator.Workload;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>
/// One run: first everything may fail and nothing may be wrong (safety), then nothing fails any more and everything
/// must come right within a bounded time (liveness), then everything is deleted and nothing may be left.
/// </summary>
public sealed class Simulation : IDisposable
{
    /// <summary>Longer than any back-off (5 min) with the longest time a progress deadline or a pull may take on
    /// top.</summary>
    private static readonly TimeSpan RestMax = TimeSpan.FromMinutes(40);

    private static readonly TimeSpan EndMax = TimeSpan.FromMinutes(15);
    /// <summary>By then what is gone has left memory.</summary>
    private static readonly TimeSpan MemoryMax = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly SimulationOptions _options;
    private readonly World _world;
    private readonly FaultInjector _faults;
    private readonly WorkloadDriver _workload;
    private readonly Trace _trace;
    private readonly TraceLoggers _loggers;
    private RunFailure? _failure;

    private Simulation(SimulationOptions options, TextWriter? output)
    {
        _options = options;
        _trace = new Trace(output);
        _world = new World(options.Seed, options.JitterMax, _trace, options.Members)
        {
            HeartbeatEvery = options.HeartbeatEvery, WatchWindowEvents = options.WatchWindowEvents,
            IsJournalExclusive = options.IsJournalExclusive, SnapshotEvery = options.SnapshotEvery,
            PassivateAfter = options.PassivateAfter,
            MembersShare = options.MembersShare, Tolerated = options.Tolerated,
        };
        _loggers = (TraceLoggers)_world.Loggers;
        foreach (var check in CheckList.All())
        {
            _world.Add(check);
        }

        _faults = new FaultInjector(_world, options);
        _workload = new WorkloadDriver(_world, options);
    }

    /// <param name="options">What to run.</param>
    /// <param name="output">Where the trace goes, if anywhere.</param>
    public static Verdict Run(SimulationOptions options, TextWriter? output = null)
    {
        using var simulation = new Simulation(options, output);
        return simulation.Run();
    }

    public void Dispose() => _world.Dispose();

    private Verdict Run()
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            RunPhases();
        }
        catch (ViolationException broken)
        {
            Fail(broken.Guarantee, broken.Check, broken.What);
        }
#pragma warning disable CA1031 // Whatever the program under test throws is this run's verdict.
        catch (Exception bug) when (bug is not NotDeterministicException)
        {
            Fail("bug", bug.GetType().Name, bug.ToString());
        }
#pragma warning restore CA1031
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        return new Verdict(_options, _failure)
        {
            Elapsed = _world.Loop.Elapsed,
            Steps = _world.Loop.Steps,
            Events = _world.Tables.Last,
            Operations = _workload.Operations,
            Lives = _world.Control.Lives,
            Fingerprint = _trace.Fingerprint,
            Faults = _world.FaultCounts,
            Happenings = _world.Happenings,
            Tail = [.. _trace.Tail],
        };
    }

    private void RunPhases()
    {
        _world.Calm.Start();
        _world.Control.Start();
        for (var i = 0; i < _options.Nodes; i++)
        {
            _world.AddMachine(NodeOperations.Shape(i + 1));
        }

        LetUntil(RestMax, "start", () => _world.Control.IsServing ? [] : ["the control plane does not serve"]);
        _workload.Start();
        _faults.Start();
        Let(TimeSpan.FromHours(_options.Hours));

        _faults.Stop();
        _workload.Stop();
        Let(TimeSpan.FromMinutes(1));
        Do(_workload.MendAsync);
        LetUntil(RestMax, "rest", () => ConvergenceProblems.Find(_world));
        _world.ForEachCheck(check => check.AtRest());

        Do(_workload.DeleteAllAsync);
        LetUntil(EndMax, "emptiness", () => ConvergenceProblems.Remains(_world));
        Let(MemoryMax);
        _world.ForEachCheck(check => check.AtEnd());
        _trace.Line("verdict", "passed", "");
    }

    private void Let(TimeSpan span)
    {
        _world.Loop.RunUntil(
            _world.Loop.Now + span, () => _loggers.BugReported is not null || _world.Broken is not null);
        if (_world.Broken is { } broken)
        {
            ExceptionDispatchInfo.Throw(broken);
        }

        if (_loggers.BugReported is { } bug)
        {
            throw new ViolationException("bug", "Log", bug);
        }
    }

    /// <summary>Lets a user do something, and waits for its end.</summary>
    private void Do(Func<Task> work)
    {
        var isDone = false;
        _workload.User.Process.Start(async () =>
        {
            await work();
            isDone = true;
        });
        LetUntil(RestMax, "the user's last requests", () => isDone ? [] : ["not answered"]);
    }

    /// <summary>Looks every few seconds whether what stands in the way is gone.</summary>
    private void LetUntil(TimeSpan longest, string what, Func<IReadOnlyList<string>> obstacles)
    {
        var end = _world.Loop.Now + longest;
        while (obstacles() is { Count: > 0 } left)
        {
            if (_world.Loop.Now >= end)
            {
                throw new ViolationException("G12", "Convergence",
                    $"no {what} within {longest.TotalMinutes:0} min of fair weather:\n  {string.Join("\n  ", left)}");
            }

            Let(LookEvery);
        }
    }

    private void Fail(string guarantee, string check, string what)
    {
        _failure = new RunFailure(guarantee, check, what, _world.Loop.Elapsed);
        _trace.Line("verdict", $"{guarantee} {check}", what);
    }
}
