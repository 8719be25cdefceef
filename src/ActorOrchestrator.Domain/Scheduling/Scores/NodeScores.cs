using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Scheduling.Scores;

/// <summary>
/// kube-scheduler's LeastAllocated and BalancedAllocation, averaged (so with twice the weight): the free share of cpu
/// and memory after placing the pod, 1 - (c + m) / 2, and how alike the used shares are, 1 - |c - m| / 2. The average
/// of the two is 1 - max(c, m) / 2: what counts is the scarcer of both. It never rises when a pod is added.
/// Pods that request nothing count with an assumed amount. Worked example: cpu 50 % used, memory 25 %: 750.
/// </summary>
internal sealed class AllocationScore(PodDemand demand) : NodeScore(weight: 2, ofNodeSpec: false)
{
    public override int Of(NodeTable nodes, int slot)
    {
        var cpu = Share(nodes.ScoredCpu[slot] + demand.ScoredCpu, nodes.PerCpu[slot]);
        var memory = Share(nodes.ScoredMemory[slot] + demand.ScoredMemory, nodes.PerMemory[slot]);
        return (int)(Best * (1 - Math.Max(cpu, memory) / 2));
    }

    /// <summary>The used share, 0 to 1; 1 of a node that offers none.</summary>
    private static double Share(long used, double perUnit) => perUnit > 0 ? Math.Min(1, used * perUnit) : 1;
}

/// <summary>Pods of one owner go to different machines before they share one: 1000 for a node without any of them, 500
/// with one, 333 with two.</summary>
internal sealed class OwnerSpreadScore(PodClass pods) : NodeScore(weight: 2, ofNodeSpec: false)
{
    public override int Of(NodeTable nodes, int slot) => Best / (1 + pods.PlacedOn(slot));
}

/// <summary>The machine's live load: an idle one is best. Unknown load counts as none.</summary>
internal sealed class LiveLoadScore() : NodeScore(weight: 1, ofNodeSpec: false)
{
    public override int Of(NodeTable nodes, int slot) => Best - nodes.LoadPermille[slot];
}

/// <summary>kube-scheduler's NodeAffinity score: the weights of the preferred terms that the node matches, as a share
/// of all positive weights.</summary>
internal sealed class PreferredNodeAffinityScore : NodeScore
{
    private readonly ValueList<PreferredSchedulingTerm> _terms;
    private readonly int _total;

    private PreferredNodeAffinityScore(ValueList<PreferredSchedulingTerm> terms, int total)
        : base(weight: 2, ofNodeSpec: true) => (_terms, _total) = (terms, total);

    public static NodeScore? For(PodSpec spec)
    {
        if (spec.Affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution is not { Count: > 0 } terms)
        {
            return null;
        }

        var total = terms.Sum(term => Math.Max(0, term.Weight));
        return total > 0 ? new PreferredNodeAffinityScore(terms, total) : null;
    }

    public override int Of(NodeTable nodes, int slot)
    {
        var matched = 0;
        foreach (var term in _terms.AsSpan())
        {
            if (NodeSelectors.Matches(term.Preference, nodes.Objects[slot]!))
            {
                matched += Math.Max(0, term.Weight);
            }
        }

        return matched * Best / _total;
    }
}

/// <summary>kube-scheduler's TaintToleration score: the fewer PreferNoSchedule taints that the pod does not tolerate,
/// the better.</summary>
internal sealed class TaintPreferenceScore(ValueList<Toleration> tolerations) : NodeScore(weight: 3, ofNodeSpec: true)
{
    public override int Of(NodeTable nodes, int slot)
    {
        if ((nodes.Traits[slot] & NodeTraits.DiscouragingTaints) == 0)
        {
            return Best;
        }

        var untolerated = 0;
        foreach (var taint in nodes.Objects[slot]!.Spec.Taints.AsSpan())
        {
            if (taint.Effect == "PreferNoSchedule" && !Taints.IsTolerated(taint, tolerations))
            {
                untolerated++;
            }
        }

        return Best / (1 + untolerated);
    }
}
