using System.Diagnostics;
using System.Globalization;

namespace ActorOrchestrator.Host.Bench;

/// <summary>
/// Makes the collector of a member's process work: 128 MiB live, 160 MiB a second are allocated, and all generations
/// are collected twice a second, while all threads stand still. Tells when the process stood still for long, whatever
/// for.
/// </summary>
internal static class GossipPressure
{
    private const int Piece = 64 * 1024;
    private const int PiecesKept = 2048;
    private const int PiecesATurn = 128;
    private const int TurnsACollection = 10;

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(300);

    public static async Task RunAsync(Action<string> tell, CancellationToken stop)
    {
        var kept = new byte[PiecesKept][];
        var before = Stopwatch.GetTimestamp();
        using var turns = new PeriodicTimer(Turn);
        for (long turn = 0; ; turn++)
        {
            try
            {
                await turns.WaitForNextTickAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            var still = Stopwatch.GetElapsedTime(before);
            before = Stopwatch.GetTimestamp();
            if (still > Long)
            {
                tell(string.Create(CultureInfo.InvariantCulture, $"still {still.TotalMilliseconds:0} ms"));
            }

            for (var i = 0; i < PiecesATurn; i++)
            {
                kept[(turn * PiecesATurn + i) % PiecesKept] = new byte[Piece];
            }

            if (turn % TurnsACollection == 0)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            }
        }
    }
}
