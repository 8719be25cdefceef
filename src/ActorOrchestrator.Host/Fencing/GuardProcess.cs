using System.Globalization;
using ActorOrchestrator.Agent.Fencing;
using ActorOrchestrator.Agent.Groups;

namespace ActorOrchestrator.Host.Fencing;

/// <summary>The process that guards a machine's fenced pods: one a data directory, while there is something to
/// guard.</summary>
internal static class GuardProcess
{
    /// <summary>What it did, a line a pod; it has nobody else to tell.</summary>
    public const string LogName = "fence.log";

    public static async Task RunAsync(string root, CancellationToken cancellation)
    {
        var file = new FenceFile(root);
        var guard = new FenceGuard(file, PodProcesses.Kill, TimeProvider.System);

        // Whoever wrote while this one held the lock took it for one that goes on.
        do
        {
            using var held = file.TryLock();
            if (held is null)
            {
                return;
            }

            await guard.RunAsync((uid, killed) => Tell(root, uid, killed), cancellation);
        }
        while (FenceGuard.IsNeeded(file.Read()) && !cancellation.IsCancellationRequested);
    }

    private static void Tell(string root, string uid, int killed)
    {
        try
        {
            var now = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
            File.AppendAllText(
                Path.Combine(root, LogName),
                $"{now} pod {uid} must not run on this machine any more: {killed} processes were killed\n");
        }
        catch (IOException)
        {
            // A full disk keeps it from saying so, not from going on.
        }
    }
}
