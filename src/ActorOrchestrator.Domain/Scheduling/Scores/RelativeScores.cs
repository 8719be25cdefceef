using ActorOrchestrator.Domain.Scheduling.Topology;

namespace ActorOrchestrator.Domain.Scheduling.Scores;

/// <summary>A counter and what each of its pods is worth: positive draws near, negative keeps away.</summary>
internal readonly record struct WeightedCounter(TopologyCounter Counter, int Weight);

/// <summary>kube-scheduler's InterPodAffinity score: the preferences of the pod towards placed pods, and those of
/// placed pods towards it, summed over the domains of the node.</summary>
internal sealed class PodAffinityScore(WeightedCounter[] own, List<WeightedCounter> others)
    : RelativeScore(weight: 2)
{
    public override long Raw(NodeTable nodes, int slot)
    {
        long sum = 0;
        foreach (var (counter, weight) in own)
        {
            sum += (long)weight * counter.PodsNear(slot);
        }

        foreach (var (counter, weight) in others)
        {
            sum += (long)weight * counter.PodsNear(slot);
        }

        return sum;
    }

    public override int Normalize(long raw, long lowest, long highest) =>
        highest == lowest ? 0 : (int)((raw - lowest) * NodeScore.Best / (highest - lowest));
}

/// <summary>kube-scheduler's PodTopologySpread score for ScheduleAnyway constraints: domains with fewer matching pods
/// are better; a finer topology weighs more (ln of the number of domains), a larger maxSkew is more lenient. A node
/// without the label is worst.</summary>
internal sealed class SpreadScore((TopologyCounter Counter, int MaxSkew)[] constraints) : RelativeScore(weight: 2)
{
    private const int Precision = 1000;

    public override long Raw(NodeTable nodes, int slot)
    {
        double sum = 0;
        foreach (var (counter, maxSkew) in constraints)
        {
            if (!counter.HasDomain(slot))
            {
                return Unrated;
            }

            sum += counter.PodsNear(slot) * Math.Log(counter.Domains.Count + 2) + (maxSkew - 1);
        }

        return (long)(sum * Precision);
    }

    public override int Normalize(long raw, long lowest, long highest) =>
        highest == 0 ? NodeScore.Best : (int)((double)(highest + lowest - raw) / highest * NodeScore.Best);
}
