using System.Diagnostics;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>
/// Reduces a failing run to what it needs: a shorter time, fewer operations and faults, fewer machines, no jitter. A
/// reduction is kept when the same check still fails (delta debugging: halves first, then ever smaller parts).
/// </summary>
/// <param name="runsMax">The most runs to try.</param>
/// <param name="longest">Real time after which no more are begun: a run of many hours takes its time.</param>
public sealed class Shrinker(int runsMax, TimeSpan longest)
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private int _runs;

    /// <summary>Told of each reduction that was kept.</summary>
    public Action<Verdict> OnSmaller { get; init; } = static _ => { };

    /// <returns>The smallest failing run that was found; the given one if none is smaller.</returns>
    public Verdict Shrink(Verdict failing)
    {
        var smallest = Shorter(failing);
        smallest = FewerHappenings(smallest);
        for (var nodes = 1; nodes < smallest.Options.Nodes; nodes++)
        {
            if (Try(smallest, smallest.Options with { Nodes = nodes }) is { } fewer)
            {
                smallest = fewer;
                break;
            }
        }

        return Try(smallest, smallest.Options with { JitterMax = TimeSpan.Zero }) ?? smallest;
    }

    /// <summary>Nothing after the failure can have caused it.</summary>
    private Verdict Shorter(Verdict failing)
    {
        var hours = failing.Failure!.At.TotalHours;
        return hours < failing.Options.Hours
            ? Try(failing, failing.Options with { Hours = hours + (1.0 / 3600) }) ?? failing
            : failing;
    }

    private Verdict FewerHappenings(Verdict failing)
    {
        var parts = 2;
        while (failing.Happenings.Count > 0 && parts <= failing.Happenings.Count * 2)
        {
            var size = Math.Max(1, failing.Happenings.Count / parts);
            var fewer = failing.Happenings.Chunk(size)
                .Select(left => Without(failing, left)).FirstOrDefault(verdict => verdict is not null);
            if (fewer is not null)
            {
                failing = fewer;
                parts = Math.Max(2, parts - 1);
            }
            else if (size == 1)
            {
                break;
            }
            else
            {
                parts *= 2;
            }
        }

        return failing;
    }

    private Verdict? Without(Verdict failing, string[] left)
    {
        var only = new SortedSet<string>(failing.Happenings.Except(left), StringComparer.Ordinal);
        return Try(failing, failing.Options with { Only = only });
    }

    private Verdict? Try(Verdict failing, SimulationOptions options)
    {
        if (_runs >= runsMax || Stopwatch.GetElapsedTime(_began) > longest)
        {
            return null;
        }

        _runs++;
        var verdict = Simulation.Run(options);
        if (verdict.Failure?.Check != failing.Failure!.Check)
        {
            return null;
        }

        OnSmaller(verdict);
        return verdict;
    }
}
