using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>
/// Follows a change of <c>spec.replicas</c> with the ReplicaSets as they are, in the middle of a rollout or while it is
/// paused. With one active set that set gets it all; with several, each gets its share, so that no half-tested template
/// gets all the new pods. A rollout 5 of 15 done (replicas 10, surge 5: at most 15 pods), scaled to 30 (surge 15, at
/// most 45):
/// <code>
///   size  share of the new maximum          new size
///    10   round(10 * 45 / 15) = 30          30
///     5   round( 5 * 45 / 15) = 15          15        sum 45
/// </code>
/// What rounding leaves over or short is the largest set's. While there is room beside the active sets none of them
/// shrinks, whatever its share: its available pods may be the only ones. "Before" is read from each set's annotations
/// (<c>desired-replicas</c>, <c>max-replicas</c>), which every scaling brings up to date.
/// </summary>
public static class ProportionalScaling
{
    /// <summary>Whether spec.replicas has changed since the active sets were last sized for it.</summary>
    public static bool IsDue(RolloutBounds bounds, SetSize? newSet, IReadOnlyList<SetSize> old) =>
        All(newSet, old).Any(set => set is { Replicas: > 0, DesiredBefore: { } before } && before != bounds.Desired);

    /// <summary>New sizes for the active sets, equal ones among them; none if there is nothing to scale.</summary>
    /// <param name="bounds">Between which numbers to move.</param>
    /// <param name="isRolling">False for Recreate, which never splits pods between sets.</param>
    /// <param name="newSet">The new ReplicaSet, if it exists.</param>
    /// <param name="old">All others.</param>
    /// <param name="podsBefore">The Deployment's number of pods, for sets without annotations.</param>
    public static ValueList<Resizing> Sizes(
        RolloutBounds bounds, bool isRolling, SetSize? newSet, IReadOnlyList<SetSize> old, int podsBefore)
    {
        var active = All(newSet, old).Where(set => set.Replicas > 0).ToList();
        var sizes = (active.Count, newSet) switch
        {
            (0, not null) => [To(newSet, bounds.Desired)],
            (0, null) when old.Count > 0 => [To(Newest(old), bounds.Desired)],
            (0, null) => [],
            (1, _) => [To(active[0], bounds.Desired)],
            _ when IsSaturated(bounds, newSet) =>
                active.Where(set => set.Name != newSet!.Name).Select(set => To(set, 0)).ToList(),
            _ when isRolling => Shares(bounds, active, podsBefore),
            _ => active.Select(set => To(set, set.Replicas)).ToList(),
        };
        return WithinRoom(bounds, All(newSet, old).ToList(), sizes);
    }

    /// <summary>The new set has all that is desired, and all of it is available: the rest are leftovers.</summary>
    private static bool IsSaturated(RolloutBounds bounds, SetSize? newSet) =>
        newSet is not null && newSet.Replicas == bounds.Desired && newSet.DesiredBefore == bounds.Desired
        && newSet.Available == bounds.Desired;

    private static List<Resizing> Shares(RolloutBounds bounds, List<SetSize> active, int podsBefore)
    {
        var allowed = bounds.Desired > 0 ? bounds.PodsMax : 0;
        var missing = allowed - active.Sum(set => set.Replicas);
        var isGrowing = missing > 0;
        var ordered = active.OrderByDescending(set => set.Replicas)
            .ThenBy(set => isGrowing ? -set.CreatedAt.UtcTicks : set.CreatedAt.UtcTicks)
            .ThenBy(set => set.Name, StringComparer.Ordinal).ToList();
        var left = missing;
        var sizes = new List<Resizing>();
        foreach (var set in ordered)
        {
            var share = missing == 0 || left == 0 ? 0 : Share(bounds, set, podsBefore);
            share = isGrowing ? Math.Clamp(share, 0, left) : Math.Clamp(share, left, 0);
            left -= share;
            sizes.Add(To(set, set.Replicas + share));
        }

        sizes[0] = sizes[0] with { To = Math.Max(0, sizes[0].To + left) };
        return isGrowing ? sizes : SpareTheAvailable(bounds, ordered, sizes);
    }

    /// <summary>By how much the set grows (or, negative, shrinks), rounded half away from zero.</summary>
    private static int Share(RolloutBounds bounds, SetSize set, int podsBefore)
    {
        if (bounds.Desired == 0)
        {
            return -set.Replicas;
        }

        long before = set.PodsMaxBefore is > 0 and { } max ? max : podsBefore;
        return before == 0
            ? 0
            : (int)((2L * set.Replicas * bounds.PodsMax + before) / (2 * before)) - set.Replicas;
    }

    /// <summary>Rounding must not take an available pod below the bound where another set has one to spare that is not
    /// available: replicas 4, at least 3 available; sizes 2 (2 available) and 2 (1 available) instead of 1 and 3
    /// (3).</summary>
    private static List<Resizing> SpareTheAvailable(RolloutBounds bounds, List<SetSize> sets, List<Resizing> sizes)
    {
        int AvailableLowerBound(int i) => Math.Min(sets[i].Available, sizes[i].To);
        while (Enumerable.Range(0, sets.Count).Sum(AvailableLowerBound) < bounds.AvailableMin)
        {
            var losing = Enumerable.Range(0, sets.Count).FirstOrDefault(
                i => sizes[i].To < Math.Min(sets[i].Available, sets[i].Replicas), -1);
            var slack = Enumerable.Range(0, sets.Count).FirstOrDefault(i => sizes[i].To > sets[i].Available, -1);
            if (losing < 0 || slack < 0)
            {
                break;
            }

            sizes[losing] = sizes[losing] with { To = sizes[losing].To + 1 };
            sizes[slack] = sizes[slack] with { To = sizes[slack].To - 1 };
        }

        return sizes;
    }

    /// <summary>Cuts growth to what the bound leaves beside pods that have not gone yet; later steps fill it
    /// up.</summary>
    private static ValueList<Resizing> WithinRoom(
        RolloutBounds bounds, IReadOnlyList<SetSize> sets, IEnumerable<Resizing> sizes)
    {
        var room = Math.Max(0, bounds.PodsMax - sets.Sum(set => set.PodsUpperBound));
        var cut = new List<Resizing>();
        foreach (var size in sizes)
        {
            var upperBound = sets.First(set => set.Name == size.Name).PodsUpperBound;
            var to = size.To > size.From ? Math.Max(size.From, Math.Min(size.To, upperBound + room)) : size.To;
            room -= Math.Max(0, to - upperBound);
            cut.Add(size with { To = to });
        }

        return cut.ToValueList();
    }

    private static Resizing To(SetSize set, int replicas) => new(set.Name, set.Replicas, replicas);

    private static SetSize Newest(IReadOnlyList<SetSize> old) =>
        old.OrderByDescending(set => set.CreatedAt).ThenBy(set => set.Name, StringComparer.Ordinal).First();

    private static IEnumerable<SetSize> All(SetSize? newSet, IReadOnlyList<SetSize> old) =>
        newSet is null ? old : old.Append(newSet);
}
