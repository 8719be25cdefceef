namespace ActorOrchestrator.Domain.Ownership;

/// <summary>Pods failed in one place (on a node, under a number) <paramref name="Count"/> times, the last one was taken
/// away at <paramref name="LastAt"/>: the next that fails stays for a while, longer each time.</summary>
public sealed record PodFailures(int Count, DateTimeOffset LastAt)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(15);

    /// <summary>After so long without a failure the count starts anew.</summary>
    private static readonly TimeSpan Forgotten = 2 * PauseMax;

    /// <summary>When the next failed pod may be taken away.</summary>
    public DateTimeOffset NextAt => LastAt + BackOff.Pause(FirstPause, PauseMax, Count - 1);

    public static PodFailures After(PodFailures? former, DateTimeOffset now) =>
        new(former is null || now - former.LastAt > Forgotten ? 1 : former.Count + 1, now);
}
