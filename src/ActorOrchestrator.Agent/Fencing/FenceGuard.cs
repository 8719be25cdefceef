namespace ActorOrchestrator.Agent.Fencing;

/// <summary>
/// Ends what must not run on a machine (<see cref="FenceRecord.Forbidden"/>), in a process of its own: its agent may be
/// frozen, killed, or away for good with the member that it lived in. It asks nobody; that the record says so is
/// enough.
/// </summary>
/// <param name="store">What is known of the machine's lease.</param>
/// <param name="kill">Kills all processes of a pod (uid), and says how many.</param>
/// <param name="time">Between two looks.</param>
public sealed class FenceGuard(IFenceStore store, Func<string, int> kill, TimeProvider time)
{
    /// <summary>How long something may run that must not, where this process runs.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>While no fenced pod is here; the next one begins in a while, or never.</summary>
    private static readonly TimeSpan IdleMost = TimeSpan.FromSeconds(10);

    /// <summary>Returns when nothing has been fenced for a while, or the record is gone.</summary>
    /// <param name="told">Hears of each pod that had to be killed.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(Action<string, int> told, CancellationToken cancellation)
    {
        var busyAt = time.GetTimestamp();
        while (store.Read() is { } record && !cancellation.IsCancellationRequested)
        {
            foreach (var uid in Look(record))
            {
                told(uid.Pod, uid.Killed);
            }

            if (IsNeeded(record))
            {
                busyAt = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(busyAt) > IdleMost)
            {
                return;
            }

            await Task.Delay(LookEvery, time, cancellation).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <summary>Whether there is something to guard.</summary>
    public static bool IsNeeded(FenceRecord? record) => record is { Pods.Count: > 0 } or { Ended.Count: > 0 };

    /// <summary>Looks once.</summary>
    /// <returns>The pods of which something was killed.</returns>
    public IEnumerable<(string Pod, int Killed)> Look(FenceRecord record) =>
        record.Forbidden(store.Boot, store.Now).Select(uid => (uid, kill(uid))).Where(one => one.Item2 > 0);
}
