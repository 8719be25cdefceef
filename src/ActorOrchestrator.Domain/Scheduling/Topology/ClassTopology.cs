using ActorOrchestrator.Domain.Scheduling.Filters;
using ActorOrchestrator.Domain.Scheduling.Scores;

namespace ActorOrchestrator.Domain.Scheduling.Topology;

/// <summary>How a class of pods depends on other pods, and they on it.</summary>
internal sealed class ClassTopology
{
    private readonly ExistingAntiAffinityFilter _existing;
    private PodAffinityScore? _affinity;

    public ClassTopology() => _existing = new ExistingAntiAffinityFilter(Forbidding);

    /// <summary>The class' own constraints.</summary>
    public NodeFilter[] Filters { get; init; } = [];

    /// <summary>ScheduleAnyway constraints, if any.</summary>
    public SpreadScore? SpreadScore { get; init; }

    /// <summary>Preferred affinity (positive) and anti-affinity (negative).</summary>
    public WeightedCounter[] Preferred { get; init; } = [];

    /// <summary>The counters behind the filters and preferences.</summary>
    public TopologyCounter[] Used { get; init; } = [];

    /// <summary>Counters of the terms that the pods of this class carry.</summary>
    public TopologyCounter[] Carried { get; init; } = [];

    /// <summary>Counters that count the pods of this class because they match.</summary>
    public List<TopologyCounter> Counting { get; } = [];

    /// <summary>Carriers of anti-affinity terms that this class matches.</summary>
    public List<TopologyCounter> Forbidding { get; } = [];

    /// <summary>Carriers of preferences that this class matches.</summary>
    public List<WeightedCounter> Weighing { get; } = [];

    /// <summary>The wishes of this class and of placed pods towards it; null when nobody has any.</summary>
    public PodAffinityScore? AffinityScore =>
        Preferred.Length + Weighing.Count > 0 ? _affinity ??= new PodAffinityScore(Preferred, Weighing) : null;

    /// <summary>True when pods elsewhere matter, so that ranks cannot be kept node by node.</summary>
    public bool Matters =>
        Filters.Length > 0 || Forbidding.Count > 0 || SpreadScore is not null || AffinityScore is not null;

    public bool Passes(NodeTable nodes, int slot) =>
        PodClass.All(Filters, nodes, slot) && _existing.Passes(nodes, slot);

    public void Explain(NodeTable nodes, int slot, FailureReasons reasons)
    {
        foreach (var filter in Filters)
        {
            if (filter.Passes(nodes, slot))
            {
                continue;
            }

            filter.Explain(nodes, slot, reasons);
            return;
        }

        _existing.Explain(nodes, slot, reasons);
    }

    /// <summary>Differs whenever anything that the filters read has changed.</summary>
    public long Stamp()
    {
        long stamp = Forbidding.Count;
        foreach (var counter in Used)
        {
            stamp += counter.Version;
        }

        foreach (var counter in Forbidding)
        {
            stamp += counter.Version;
        }

        return stamp;
    }
}
