using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Scheduling.Topology;

/// <summary>What a <see cref="TopologyCounter"/> counts, by value: two classes with equal keys share a counter.</summary>
/// <param name="TopologyKey">The node label whose values are the domains.</param>
/// <param name="Interest">Which pods are counted.</param>
internal sealed record CounterKey(string TopologyKey, PodInterest Interest)
{
    /// <summary>Pods being deleted no longer count (topology spread), or still do (affinity).</summary>
    public bool IgnoresTerminating { get; init; }

    /// <summary>Labels that a node must have to belong to a domain at all.</summary>
    public ValueList<string> RequiredKeys { get; init; } = [];

    /// <summary>The node affinity and selector that a node must match to be counted (nodeAffinityPolicy Honor).</summary>
    public PodSpec? NodeAffinityOf { get; init; }

    /// <summary>The tolerations that a node's taints must be met by (nodeTaintsPolicy Honor); null: not asked.</summary>
    public ValueList<Toleration>? Tolerations { get; init; }
}

/// <summary>Which pods a counter counts.</summary>
internal abstract record PodInterest
{
    private PodInterest()
    {
    }

    /// <summary>Pods that match every one of the terms (Kubernetes asks this of the required affinity terms).</summary>
    public sealed record Matching(ValueList<PodTerm> Terms) : PodInterest;

    /// <summary>Pods that themselves carry the term: their anti-affinity forbids, their preferences attract.</summary>
    public sealed record Carrying(CarriedTerm Carried) : PodInterest;
}

/// <summary>A term as pods carry it; a required one has weight 0.</summary>
internal sealed record CarriedTerm(PodTerm Term, string TopologyKey, CarriedKind Kind, int Weight);

internal enum CarriedKind
{
    /// <summary>Required anti-affinity: pods that match the term cannot come near the carrier.</summary>
    Forbids,

    /// <summary>Preferred (anti-)affinity, and required affinity: pods that match are drawn near, or kept away.</summary>
    Weighs,
}
