using ActorOrchestrator.Api;

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

/// <summary>Pods that make room on a node, and how many of them their disruption budgets do not let go.</summary>
internal sealed record Victims(int Slot, IReadOnlyList<TrackedPod> Pods, int Exceeding)
{
    /// <summary>Less is better, in the order of kube-scheduler's pickOneNodeForPreemption: budgets that are exceeded,
    /// the most important victim, how important they are together (one more always counts), how many they are; and of
    /// the most important ones the oldest should be young.</summary>
    public (int Exceeding, int Highest, long Sum, int Count, long Age) Harm { get; } = HarmOf(Pods, Exceeding);

    private static (int, int, long, int, long) HarmOf(IReadOnlyList<TrackedPod> pods, int exceeding)
    {
        if (pods.Count == 0)
        {
            return (0, int.MinValue, 0, 0, 0);
        }

        var highest = pods.Max(pod => pod.Class.Priority);
        var oldest = pods.Where(pod => pod.Class.Priority == highest)
            .Min(pod => pod.Pod.Status.StartTime ?? DateTimeOffset.MaxValue);
        return (exceeding, highest, pods.Sum(pod => (long)pod.Class.Priority - int.MinValue), pods.Count,
            -oldest.UtcTicks);
    }
}

/// <summary>
/// Finds pods of lower priority that can make room for one that fits nowhere (kube-scheduler's DefaultPreemption): on
/// each node that could do at all, every pod of lower priority is lifted, and then those that need not go are put
/// back: first those whose disruption budgets do not let them go, then the others, the most important first. Of the
/// nodes that work that way the one is taken where least harm is done (<see cref="Victims.Harm"/>).
/// Pods that are being deleted anyway are never victims: if their going is enough, the node is only waited for. Nor are
/// static pods: who deletes a mirror makes no room.
/// </summary>
internal sealed class Preemption(NodeTable nodes, PodTracking tracking, DisruptionAllowances budgets)
{
    /// <summary>How many nodes that work are compared; more only until one exceeds no budget.</summary>
    private const int NodesComparedMax = 100;

    /// <summary>The best node and its victims, or null when no lower priority stands in the way.</summary>
    public Victims? Plan(TrackedPod preemptor)
    {
        var pods = preemptor.Class;
        if (pods.Sample.Spec.PreemptionPolicy == "Never" || !tracking.AnyPlacedBelow(pods.Priority))
        {
            return null;
        }

        Victims? best = null;
        var compared = 0;
        foreach (var (slot, lower) in tracking.PlacedBelow(pods.Priority))
        {
            if (!nodes.IsAlive(slot) || !PodClass.All(pods.SpecFilters, nodes, slot)
                || VictimsOn(slot, lower, pods) is not { } victims)
            {
                continue;
            }

            if (best is null || victims.Harm.CompareTo(best.Harm) < 0)
            {
                best = victims;
            }

            if ((++compared >= NodesComparedMax && best.Exceeding == 0) || victims.Pods.Count == 0)
            {
                break;
            }
        }

        return best;
    }

    private Victims? VictimsOn(int slot, List<TrackedPod> placed, PodClass pods)
    {
        var lower = placed.Where(pod => !StaticPods.IsMirror(pod.Pod)).ToList();
        foreach (var pod in lower)
        {
            tracking.Lift(pod);
        }

        var works = pods.Fits(nodes, slot);
        var byImportance = lower.Where(pod => !IsGoing(pod))
            .OrderByDescending(pod => pod.Class.Priority)
            .ThenBy(pod => pod.Pod.Status.StartTime)
            .ThenBy(pod => pod.Key.ToString(), StringComparer.Ordinal).ToList();
        var exceeding = budgets.Exceeding(byImportance);
        var victims = new List<TrackedPod>();
        foreach (var pod in byImportance.OrderByDescending(exceeding.Contains))
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

        return works ? new Victims(slot, victims, victims.Count(exceeding.Contains)) : null;
    }

    private static bool IsGoing(TrackedPod pod) => pod.Pod.Metadata.DeletionTimestamp is not null;
}
