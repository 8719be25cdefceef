namespace ActorOrchestrator.Gateway;

/// <summary>How the API answers, wherever its requests come from.</summary>
public record ApiOptions
{
    /// <summary>Requests that read, and that change, served at once; more get 429. Watches and followed logs are not
    /// counted, as in Kubernetes (<c>--max-requests-inflight</c>, <c>--max-mutating-requests-inflight</c>).</summary>
    public int ReadsInFlightMax { get; init; } = 400;

    public int WritesInFlightMax { get; init; } = 200;

    /// <summary>Open watches and followed logs; more get 429.</summary>
    public int LongRunningMax { get; init; } = 10_000;

    /// <summary>The longest that a watch is kept when the client names no <c>timeoutSeconds</c>; the actual time is
    /// drawn between this and twice this, so that clients do not all come back at once.</summary>
    public TimeSpan WatchTimeoutMin { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The time between bookmarks of a quiet watch.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a read for a resourceVersion of the future waits before it gets 504.</summary>
    public TimeSpan FutureVersionWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What /livez and /readyz ask besides the gateway itself.</summary>
    public IReadOnlyList<HealthCheck> HealthChecks { get; init; } = [];
}

/// <summary>A part of the program that can be unwell. <paramref name="Problem"/> answers at once: null when
/// well.</summary>
/// <param name="Name">The last part of the path, as in <c>/readyz/log</c>.</param>
/// <param name="Problem">What is wrong, in a few words.</param>
/// <param name="Live">Whether a problem also fails /livez: only where a restart of the program would help.</param>
public sealed record HealthCheck(string Name, Func<string?> Problem, bool Live = false);
