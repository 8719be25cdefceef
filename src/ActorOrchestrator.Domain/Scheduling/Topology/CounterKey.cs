using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Scheduling.Topology;

/// <summary>What a <see cref="TopologyCounter"/> counts, by value: two classes with equal keys share a
/// counter.</summary>
/// <param name="Domains">Where it counts.</param>
/// <param name="Interest">Which pods it counts.</param>
internal sealed record CounterKey(DomainsKey Domains, PodInterest Interest)
{
    /// <summary>Pods being deleted no longer count (topology spread), or still do (affinity).</summary>
    public bool IgnoresTerminating { get; init; }
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
internal sealed record CarriedTerm(PodTerm Term, CarriedKind Kind, int Weight);

internal enum CarriedKind
{
    /// <summary>Required anti-affinity: pods that match the term cannot come near the carrier.</summary>
    Forbids,

    /// <summary>Preferred (anti-)affinity, and required affinity: pods that match are drawn near, or kept
    /// away.</summary>
    Weighs,
}
