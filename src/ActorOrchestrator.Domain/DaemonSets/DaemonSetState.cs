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
