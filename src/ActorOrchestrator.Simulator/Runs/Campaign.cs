using System.Diagnostics;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>Many runs, side by side: each has a thread and a world of its own.</summary>
public static class Campaign
{
    /// <param name="runs">What to run; taken one after the other.</param>
    /// <param name="parallel">How many at once.</param>
    /// <param name="onEnd">Told of each end, one at a time; after false no more runs are begun.</param>
    /// <param name="stop">Ends the campaign at once: what runs is given up, and nobody told of it.</param>
    public static void Run(
        IEnumerable<SimulationOptions> runs, int parallel, Func<Verdict, TimeSpan, bool> onEnd,
        CancellationToken stop = default)
    {
        var gate = new Lock();
        var isEnough = false;
        using var source = runs.GetEnumerator();
        var ends = Enumerable.Range(0, parallel).Select(StartThread).ToArray();
        try
        {
            Task.WaitAll(ends, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The threads are in the background: they do not keep the process from ending.
        }

        Task StartThread(int number)
        {
            var ended = new TaskCompletionSource();
            new Thread(() =>
            {
                while (Next() is { } options)
                {
                    var began = Stopwatch.GetTimestamp();
                    End(Simulation.Run(options), Stopwatch.GetElapsedTime(began));
                }

                ended.SetResult();
            })
            {
                Name = $"simulation-{number}",
                IsBackground = true,
            }.Start();
            return ended.Task;
        }

        SimulationOptions? Next()
        {
            lock (gate)
            {
                return !isEnough && !stop.IsCancellationRequested && source.MoveNext() ? source.Current : null;
            }
        }

        void End(Verdict verdict, TimeSpan took)
        {
            lock (gate)
            {
                if (!stop.IsCancellationRequested)
                {
                    isEnough |= !onEnd(verdict, took);
                }
            }
        }
    }
}
