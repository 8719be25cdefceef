namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>A node kept for a pod until those that make room for it are gone.</summary>
internal sealed class Nomination(int slot, PodClass pods, IReadOnlyList<TrackedPod> victims, DateTimeOffset toldAt)
{
    public int Slot { get; } = slot;

    public PodClass Class { get; } = pods;

    public IReadOnlyList<TrackedPod> Victims { get; } = victims;

    /// <summary>When the victims were told to go.</summary>
    public DateTimeOffset ToldAt { get; set; } = toldAt;

    /// <summary>Whether any victim still holds its place.</summary>
    public bool IsAwaited => Victims.Any(victim => victim.Slot == Slot);
}

/// <summary>
/// Finds pods of lower priority that can make room for one that fits nowhere (kube-scheduler's DefaultPreemption): on
/// each node that could do at all, every pod of lower priority is lifted, and then those that need not go are put back,
/// the most important first. Of the nodes that work that way the one is taken where the most important victim matters
/// least, then where they matter least together, then with the fewest victims.
/// Pods that are being deleted anyway are never victims: if their going is enough, the node is only waited for.
/// </summary>
internal sealed class Preemption(NodeTable nodes, PodTracking tracking)
{
    /// <summary>How many nodes that work are compared.</summary>
    private const int NodesComparedMax = 100;

    /// <summary>The best node and its victims, or null when no lower priority stands in the way.</summary>
    public (int Slot, IReadOnlyList<TrackedPod> Victims)? Plan(TrackedPod preemptor)
    {
        var pods = preemptor.Class;
        if (pods.Sample.Spec.PreemptionPolicy == "Never" || !tracking.AnyPlacedBelow(pods.Priority))
        {
            return null;
        }

        (int Slot, IReadOnlyList<TrackedPod> Victims)? best = null;
        var compared = 0;
        foreach (var (slot, lower) in tracking.PlacedBelow(pods.Priority))
        {
            if (!nodes.IsAlive(slot) || !PodClass.All(pods.SpecFilters, nodes, slot))
            {
                continue;
            }

            if (VictimsOn(slot, lower, pods) is not { } victims)
            {
                continue;
            }

            if (best is null || Harm(victims).CompareTo(Harm(best.Value.Victims)) < 0)
            {
                best = (slot, victims);
            }

            if (++compared == NodesComparedMax || victims.Count == 0)
            {
                break;
            }
        }

        return best;
    }

    private List<TrackedPod>? VictimsOn(int slot, List<TrackedPod> lower, PodClass pods)
    {
        foreach (var pod in lower)
        {
            tracking.Lift(pod);
        }

        var works = pods.Fits(nodes, slot);
        var victims = new List<TrackedPod>();
        foreach (var pod in lower.Where(pod => !IsGoing(pod))
            .OrderByDescending(pod => pod.Class.Priority)
            .ThenBy(pod => pod.Pod.Status.StartTime)
            .ThenBy(pod => pod.Key.ToString(), StringComparer.Ordinal))
        {
            tracking.PutBack(pod, slot);
            if (!works || pods.Fits(nodes, slot))
            {
                continue;
            }

            tracking.Lift(pod);
            victims.Add(pod);
        }

        foreach (var pod in victims.Concat(lower.Where(IsGoing)))
        {
            tracking.PutBack(pod, slot);
        }

        return works ? victims : null;
    }

    private static bool IsGoing(TrackedPod pod) => pod.Pod.Metadata.DeletionTimestamp is not null;

    private static (int Highest, long Sum, int Count) Harm(IReadOnlyList<TrackedPod> victims) => victims.Count == 0
        ? (int.MinValue, long.MinValue, 0)
        : (victims.Max(victim => victim.Class.Priority), victims.Sum(victim => (long)victim.Class.Priority),
            victims.Count);
}
