using System.Collections.Concurrent;
using System.Diagnostics;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>Many runs, side by side: each has a thread and a world of its own.</summary>
public static class Campaign
{
    /// <param name="runs">What to run; taken one after the other.</param>
    /// <param name="parallel">How many at once.</param>
    /// <param name="onEnd">Told of each end, one at a time; false ends the campaign.</param>
    /// <param name="stop">Ends the campaign too: what runs is let finish.</param>
    public static void Run(
        IEnumerable<SimulationOptions> runs, int parallel, Func<Verdict, TimeSpan, bool> onEnd,
        CancellationToken stop = default)
    {
        using var source = new BlockingCollection<SimulationOptions>(boundedCapacity: 1);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var gate = new Lock();
        var threads = Enumerable.Range(0, parallel).Select(number => new Thread(() =>
        {
            foreach (var options in source.GetConsumingEnumerable())
            {
                var began = Stopwatch.GetTimestamp();
                var verdict = Simulation.Run(options);
                lock (gate)
                {
                    if (!onEnd(verdict, Stopwatch.GetElapsedTime(began)))
                    {
                        enough.Cancel();
                    }
                }
            }
        })
        {
            Name = $"simulation-{number}",
            IsBackground = true,
        }).ToList();
        threads.ForEach(thread => thread.Start());
        try
        {
            foreach (var options in runs)
            {
                source.Add(options, enough.Token);
            }
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            // Told to stop: what runs is let finish.
        }

        source.CompleteAdding();
        threads.ForEach(thread => thread.Join());
    }
}
