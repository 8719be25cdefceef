using System.Collections.Immutable;

namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>An amount of something, or a share of all there is of it; zero where nothing is meant.</summary>
/// <param name="Value">Bytes, inodes or processes.</param>
/// <param name="Percent">A share instead.</param>
public readonly record struct Amount(long Value, double? Percent = null)
{
    public bool IsZero => Value == 0 && Percent is null or 0;

    public long Of(long capacity) => Percent is { } percent ? (long)(capacity * percent / 100) : Value;
}

/// <summary>When too little of something is left.</summary>
public sealed record SignalSettings
{
    /// <summary>Below this, pods are evicted at once.</summary>
    public Amount Hard { get; init; }

    /// <summary>Below this, when it lasts for the grace period, and pods get time to end.</summary>
    public Amount Soft { get; init; }

    public TimeSpan SoftGracePeriod { get; init; }

    /// <summary>So much more than the threshold is to be free before it is enough again.</summary>
    public Amount MinimumReclaim { get; init; }
}

/// <summary>When a node that runs short of something evicts pods; by default never.</summary>
public sealed record EvictionSettings
{
    public ImmutableSortedDictionary<Signal, SignalSettings> Signals { get; init; } =
        ImmutableSortedDictionary<Signal, SignalSettings>.Empty;

    /// <summary>So long a condition stays after its cause is gone, so that pods do not come and go.</summary>
    public TimeSpan TransitionPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The most that a pod evicted at a soft threshold is given to end.</summary>
    public TimeSpan SoftPodGraceMax { get; init; }
}
