using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Scheduling.Topology;

namespace ActorOrchestrator.Domain.Scheduling.Filters;

/// <summary>
/// kube-scheduler's PodTopologySpread, one DoNotSchedule constraint: after placing the pod, its domain must not have
/// more than <c>maxSkew</c> matching pods above the domain with the fewest. With fewer eligible domains than
/// <c>minDomains</c>, that fewest counts as 0.
/// Worked example (maxSkew 1, the pod matches its own selector): zones hold 2, 1, 1. In the first zone 2 + 1 - 1 = 2 is
/// above 1: refused. In the others 1 + 1 - 1 = 1: fine.
/// </summary>
internal sealed class SpreadFilter(TopologySpreadConstraint constraint, TopologyCounter counter, bool countsItself)
    : NodeFilter(FilterScope.Topology)
{
    private readonly int _self = countsItself ? 1 : 0;
    private long _fewestAtVersion = -1;
    private int _fewest;

    public override bool Passes(NodeTable nodes, int slot)
    {
        if (!counter.HasDomain(slot))
        {
            return false;
        }

        return counter.PodsNear(slot) + _self - Fewest() <= constraint.MaxSkew;
    }

    public override void Explain(NodeTable nodes, int slot, FailureReasons reasons) =>
        reasons.Add(counter.HasDomain(slot)
            ? "node(s) didn't match pod topology spread constraints"
            : "node(s) didn't match pod topology spread constraints (missing required label)");

    private int Fewest()
    {
        if (_fewestAtVersion == counter.Version)
        {
            return _fewest;
        }

        _fewest = counter.Domains.Count < constraint.MinDomains ? 0 : counter.FewestPods();
        _fewestAtVersion = counter.Version;
        return _fewest;
    }
}

/// <summary>kube-scheduler's InterPodAffinity, required affinity: each term's domain of the node holds a pod that
/// matches all terms. The first pod of a group that wants to be with its own kind is let through.</summary>
internal sealed class PodAffinityFilter(TopologyCounter[] counters, bool matchesItself)
    : NodeFilter(FilterScope.Topology)
{
    public override bool Passes(NodeTable nodes, int slot)
    {
        var near = true;
        var anywhere = false;
        foreach (var counter in counters)
        {
            if (!counter.HasDomain(slot))
            {
                return false;
            }

            near &= counter.PodsNear(slot) > 0;
            anywhere |= counter.Total > 0;
        }

        return near || (matchesItself && !anywhere);
    }

    public override void Explain(NodeTable nodes, int slot, FailureReasons reasons) =>
        reasons.Add("node(s) didn't match pod affinity rules");
}

/// <summary>kube-scheduler's InterPodAffinity, required anti-affinity of the pod: no matching pod is in a domain of the
/// node.</summary>
internal sealed class PodAntiAffinityFilter(TopologyCounter[] counters) : NodeFilter(FilterScope.Topology)
{
    public override bool Passes(NodeTable nodes, int slot)
    {
        foreach (var counter in counters)
        {
            if (counter.PodsNear(slot) > 0)
            {
                return false;
            }
        }

        return true;
    }

    public override void Explain(NodeTable nodes, int slot, FailureReasons reasons) =>
        reasons.Add("node(s) didn't match pod anti-affinity rules");
}

/// <summary>kube-scheduler's InterPodAffinity, the other way round: no pod placed already forbids this one in a domain
/// of the node. Which counters those are changes as other classes come and go.</summary>
internal sealed class ExistingAntiAffinityFilter(List<TopologyCounter> forbidding) : NodeFilter(FilterScope.Topology)
{
    public override bool Passes(NodeTable nodes, int slot)
    {
        foreach (var counter in forbidding)
        {
            if (counter.PodsNear(slot) > 0)
            {
                return false;
            }
        }

        return true;
    }

    public override void Explain(NodeTable nodes, int slot, FailureReasons reasons) =>
        reasons.Add("node(s) didn't satisfy existing pods anti-affinity rules");
}
