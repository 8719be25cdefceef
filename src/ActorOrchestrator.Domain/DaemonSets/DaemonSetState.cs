using System.Collections.Immutable;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.DaemonSets;

/// <summary>A DaemonSet: the object, its durable claims on pods and revisions, and what it has heard since
/// activation.</summary>
public sealed record DaemonSetState(KubeObject? Object) : OwnerState<Claim>(Object)
{
    public static new readonly DaemonSetState Absent = new((KubeObject?)null);

    /// <summary>The nodes as they were told last; null before.</summary>
    public NodesMatched? Matched { get; init; }

    /// <summary>By node, the pods that failed there one after the other.</summary>
    public ImmutableSortedDictionary<string, PodFailures> Failures { get; init; } =
        ImmutableSortedDictionary.Create<string, PodFailures>(StringComparer.Ordinal);

    public DaemonSet? Set => (DaemonSet?)Object;

    /// <summary>The nodes, judged by the present template; null while they are not known.</summary>
    public ValueList<MatchedNode>? Nodes =>
        Matched is { } matched && matched.Generation == (Object?.Metadata.Generation ?? 1) ? matched.Nodes : null;

    /// <summary>Pods that exist have not said how they stand, and may yet.</summary>
    public bool AwaitsReports(DateTimeOffset now) => IsFresh(now) && Claims.Values.OfType<PodClaim>()
        .Any(claim => claim is { IsGone: false, IsObserved: false } && (claim.IsConfirmed || claim.IsAdoption));

    public override bool HasOutstanding => Nodes is null || base.HasOutstanding;
}

/// <summary>Pods failed on a node <paramref name="Count"/> times, the last one was taken away at
/// <paramref name="LastAt"/>: the next that fails stays for a while, longer each time.</summary>
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

/// <summary>The nodes were told.</summary>
public sealed record NodesLearned(NodesMatched Matched) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}

/// <summary>A failed pod of a node is taken away.</summary>
public sealed record DaemonPodFailed(string Node, DateTimeOffset At) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}
