using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Scheduling.Filters;
using ActorOrchestrator.Domain.Scheduling.Scores;
using ActorOrchestrator.Domain.Scheduling.Topology;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>
/// All pods that look alike to the scheduler (<see cref="PodClassComparer"/>): their compiled constraints, where they
/// are, and which of them wait. Because they are alike, when one finds no node none of them does: a class waits, and
/// is woken, as a whole.
/// </summary>
internal sealed class PodClass
{
    private readonly Dictionary<int, int> _placed = [];
    private readonly Dictionary<int, int> _terminating = [];

    public PodClass(Pod sample, NodeTable nodes, long ordinal)
    {
        Ordinal = ordinal;
        Sample = sample;
        Priority = sample.Spec.Priority ?? 0;
        Demand = PodDemand.Of(sample.Spec, nodes);
        var required = sample.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
        PinnedNodes = NodeSelectors.PinnedNames(required);
        SpecFilters = Applying(
            UnschedulableNodeFilter.For(sample.Spec.Tolerations),
            new TaintFilter(sample.Spec.Tolerations),
            NodeAffinityFilter.For(sample.Spec));
        PodsOnNodeFilters = Applying(HostPortFilter.For(Demand), new ResourceFilter(this));
        SpecScores = Applying(
            new TaintPreferenceScore(sample.Spec.Tolerations), PreferredNodeAffinityScore.For(sample.Spec));
        LiveScores = Applying<NodeScore>(
            new AllocationScore(Demand), new LiveLoadScore(),
            ControllerUid(sample) is null ? null : new OwnerSpreadScore(this));
    }

    /// <summary>One of the pods, for its constraints; not current in anything else.</summary>
    public Pod Sample { get; }

    /// <summary>Classes are numbered as they appear.</summary>
    public long Ordinal { get; }

    /// <summary>As the pod was given it when it was created (<see cref="Pods.PodPriority"/>).</summary>
    public int Priority { get; }

    public PodDemand Demand { get; }

    /// <summary>The only nodes that come into question, or null for all.</summary>
    public IReadOnlyList<string>? PinnedNodes { get; }

    /// <summary>In Kubernetes' order: the first that fails gives the reason.</summary>
    public NodeFilter[] SpecFilters { get; }

    public NodeFilter[] PodsOnNodeFilters { get; }

    public NodeScore[] SpecScores { get; }

    public NodeScore[] LiveScores { get; }

    /// <summary>What ties it to other pods; set when the class is registered with the topology index.</summary>
    public ClassTopology Topology { get; set; } = new();

    /// <summary>Remembered verdicts and ranks of all nodes; null until the class proves to be worth it.</summary>
    public NodeRanking? Ranking { get; set; }

    /// <summary>How often a node was looked for.</summary>
    public int Choices { get; set; }

    /// <summary>Pods known, placed or not; the class is forgotten with its last.</summary>
    public int PodCount { get; set; }

    public WaitingPods Waiting { get; } = new();

    /// <summary>Where it stands in the queue; null when no pod of it waits.</summary>
    public QueueStanding? Standing { get; set; }

    /// <summary>Pods per slot, those being deleted included.</summary>
    public IReadOnlyDictionary<int, int> Placed => _placed;

    public IReadOnlyDictionary<int, int> Terminating => _terminating;

    public static string? ControllerUid(Pod pod)
    {
        foreach (var reference in pod.Metadata.OwnerReferences.AsSpan())
        {
            if (reference.Controller == true)
            {
                return reference.Uid;
            }
        }

        return null;
    }

    public int PlacedOn(int slot) => _placed.GetValueOrDefault(slot);

    public void CountPlaced(int slot, int pods) => Count(_placed, slot, pods);

    public void CountTerminating(int slot, int pods) => Count(_terminating, slot, pods);

    /// <summary>Whether the node will do for a pod of the class.</summary>
    public bool Fits(NodeTable nodes, int slot) =>
        nodes.IsAlive(slot) && All(SpecFilters, nodes, slot) && FitsNow(nodes, slot);

    /// <summary>The like, of a node that passes <see cref="SpecFilters"/>.</summary>
    public bool FitsNow(NodeTable nodes, int slot) =>
        All(PodsOnNodeFilters, nodes, slot) && Topology.Passes(nodes, slot);

    public static bool All(NodeFilter[] filters, NodeTable nodes, int slot)
    {
        foreach (var filter in filters)
        {
            if (!filter.Passes(nodes, slot))
            {
                return false;
            }
        }

        return true;
    }

    public static int Sum(NodeScore[] scores, NodeTable nodes, int slot)
    {
        var sum = 0;
        foreach (var score in scores)
        {
            sum += score.Weight * score.Of(nodes, slot);
        }

        return sum;
    }

    private static void Count(Dictionary<int, int> counts, int slot, int pods)
    {
        var count = counts.GetValueOrDefault(slot) + pods;
        if (count == 0)
        {
            counts.Remove(slot);
        }
        else
        {
            counts[slot] = count;
        }
    }

    private static T[] Applying<T>(params T?[] candidates) where T : class => [.. candidates.OfType<T>()];
}
