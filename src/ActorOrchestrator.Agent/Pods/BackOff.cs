namespace ActorOrchestrator.Agent.Pods;

/// <summary>When something that waits may go on, on a clock that can be set back.</summary>
public static class RetryTime
{
    /// <summary>
    /// It is time, or the time lies farther ahead than it can ever have been set: then the clock was set back since.
    /// </summary>
    public static bool IsDue(DateTimeOffset at, DateTimeOffset now, TimeSpan longest) =>
        at <= now || at - now > longest;
}

/// <summary>
/// Exponential back-off of one thing that keeps failing: 10 s, 20 s, 40 s … 300 s, forgotten when the thing went well
/// for twice the longest delay (10 min). The first failure is free: a container that ends for the first time starts
/// again at once, and waits 10 s after its second end.
/// </summary>
public sealed record BackOff(TimeSpan Delay, DateTimeOffset UpdatedAt)
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>The entry after one more failure at <paramref name="failedAt"/>.</summary>
    public static BackOff Next(BackOff? entry, DateTimeOffset failedAt, DateTimeOffset now) =>
        entry is null || entry.IsForgotten(failedAt)
            ? new BackOff(First, now)
            : new BackOff(Min(entry.Delay * 2, Longest), now);

    /// <summary>
    /// When the thing may be tried again after failing at <paramref name="failedAt"/>; null: at once.
    /// </summary>
    public static DateTimeOffset? Until(BackOff? entry, DateTimeOffset failedAt, DateTimeOffset now)
    {
        // A failure in the future means that the clock was set back: waiting for it could take for ever.
        if (entry is null || entry.IsForgotten(failedAt) || failedAt > now)
        {
            return null;
        }

        var until = failedAt + entry.Delay;
        return until > now ? until : null;
    }

    /// <summary>
    /// A delay of <paramref name="first"/> doubled for each failure before, at most <paramref name="longest"/>.
    /// </summary>
    public static TimeSpan Doubling(TimeSpan first, TimeSpan longest, int failuresBefore) =>
        failuresBefore >= 16 ? longest : Min(first * (1 << failuresBefore), longest);

    private bool IsForgotten(DateTimeOffset failedAt) => failedAt - UpdatedAt > Longest * 2;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
