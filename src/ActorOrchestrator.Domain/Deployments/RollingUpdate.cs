using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>New sizes for a Deployment's ReplicaSets, and what has to happen before they change again.</summary>
/// <param name="Sizes">ReplicaSets to resize; a new one that does not exist yet is to be created with its size.</param>
/// <param name="WaitingOn">Null once all sets have the sizes that they are to have, and all pods are available.</param>
public sealed record SetSizes(ValueList<Resizing> Sizes, WaitingOn? WaitingOn);

/// <summary>
/// The rolling update (apps/v1): grow the new ReplicaSet as far as the surge allows, shrink the old ones as far as
/// availability allows; each report brings the next step. Replicas 4, surge 1, unavailable 1 (3 to 5 pods):
/// <code>
///                      new size (available)   old size (available)   step
///   start                  0 (0)                  4 (4)              new 0 -> 1 (room 5-4), old 4 -> 3 (spare 4-3)
///   old pod is gone        1 (0)                  3 (3)              new 1 -> 2 (room 5-4); old waits (3 = 3)
///   new pod available      2 (1)                  3 (3)              old 3 -> 2 (spare 4-3)
///   old pod is gone        2 (1)                  2 (2)              new 2 -> 3
///   ...                    4 (4)                  0 (0)              settled
/// </code>
/// Old pods that are not available go first, and need not wait for new ones; only so many pods stay as would do if all
/// came up. With old 4 (1 available, 3 broken) and new 1 (1 available), 2 of the broken ones go though no more than 2
/// pods are available: 3 are left (5 - 3 = 2), and still 2 of them available.
/// <para>
/// Why the bounds (G7) hold at every instant, although all sizes and counts are reports that may be old. A set's claims
/// are its pods that may be running, for all it knows.
/// </para>
/// <para>
/// One step at a time. A step is decided only when every set has answered the last one. A resizing is obeyed only by
/// the generation that it was decided on, and is durable here before it leaves: so when a step is decided, no other
/// size is under way to any set, not even after a crash. A size that somebody else gave a set makes it refuse ours.
/// </para>
/// <para>
/// Not too many. A set shows its claims as status.replicas in the very decision that makes them, claims at most up to
/// its size, and counts pods that it told to go until they report that they do. After a restart it does not count again
/// what was known to have gone before (ReplicaSetTally). So until it is resized its pods that may be running never
/// exceed <see cref="SetSize.PodsUpperBound"/> of any report of its present generation, however old. The sum of
/// PodsUpperBound over all sets at their new sizes is at most <see cref="RolloutBounds.PodsMax"/>, or is not raised.
/// </para>
/// <para>
/// Not too few. Of n available pods a set that shrinks to m keeps min(n, m), since it lets the others go first
/// (PodRanking); and what it told to go it shows as available no more. The sum of
/// <see cref="SetSize.AvailableLowerBound"/> is at least <see cref="RolloutBounds.AvailableMin"/>, or is not lowered.
/// Pods that came up unknown to us, after a report that had them as broken, are not mistaken for those: a set that has
/// more available than we knew refuses to shrink (ResizeReplicaSet). A pod that failed after the report that had it as
/// available is lost by that failure, not by us.
/// </para>
/// </summary>
public static class RollingUpdate
{
    /// <param name="bounds">Between which numbers to move.</param>
    /// <param name="newSet">The new ReplicaSet; of size 0 and without pods if it does not exist yet.</param>
    /// <param name="old">All others.</param>
    public static SetSizes Next(RolloutBounds bounds, SetSize newSet, IReadOnlyList<SetSize> old)
    {
        var grown = newSet with { Replicas = NewReplicaSetSize(bounds, newSet, old) };
        var shrunk = Shrink(bounds, grown, old);
        var sizes = OldestFirst(old)
            .Zip(shrunk, (before, after) => new Resizing(before.Name, before.Replicas, after.Replicas))
            .Prepend(new Resizing(newSet.Name, newSet.Replicas, grown.Replicas))
            .Where(size => size.From != size.To).ToValueList();
        return new SetSizes(sizes, WaitingOnAfter(bounds, grown, shrunk));
    }

    /// <summary>What is missing when the sets have these sizes.</summary>
    private static WaitingOn? WaitingOnAfter(RolloutBounds bounds, SetSize newSet, IReadOnlyList<SetSize> old)
    {
        if (old.Any(set => set.Replicas > 0))
        {
            return new WaitingOn.Availability(
                newSet.AvailableLowerBound + old.Sum(set => set.AvailableLowerBound), bounds.AvailableMin);
        }

        return newSet.Replicas < bounds.Desired
            ? new WaitingOn.Room(newSet.PodsUpperBound + old.Sum(set => set.PodsUpperBound), bounds.PodsMax)
            : NewPods(bounds, newSet);
    }

    /// <summary>Null once all that are desired are available.</summary>
    internal static WaitingOn? NewPods(RolloutBounds bounds, SetSize newSet) => newSet.Available < bounds.Desired
        ? new WaitingOn.NewPods(newSet.Available, bounds.Desired)
        : null;

    /// <summary>As large as there is room beside the old pods; never more than desired, and never less than it is, but
    /// when the Deployment was made smaller.</summary>
    public static int NewReplicaSetSize(RolloutBounds bounds, SetSize newSet, IReadOnlyList<SetSize> old)
    {
        var room = bounds.PodsMax - old.Sum(set => set.PodsUpperBound);
        return Math.Min(bounds.Desired, Math.Max(newSet.Replicas, room));
    }

    /// <summary>The old sets, oldest first, with their new sizes.</summary>
    private static List<SetSize> Shrink(RolloutBounds bounds, SetSize newSet, IReadOnlyList<SetSize> old)
    {
        var removable = old.Sum(set => set.Replicas) + newSet.AvailableLowerBound - bounds.AvailableMin;
        var cleaned = new List<SetSize>();
        foreach (var set in OldestFirst(old))
        {
            var broken = Math.Clamp(set.Replicas - set.AvailableLowerBound, 0, Math.Max(0, removable));
            cleaned.Add(set with { Replicas = set.Replicas - broken });
            removable -= broken;
        }

        var spare = newSet.AvailableLowerBound + cleaned.Sum(set => set.AvailableLowerBound) - bounds.AvailableMin;
        for (var i = 0; i < cleaned.Count && spare > 0; i++)
        {
            var fewer = Math.Min(cleaned[i].Replicas, spare);
            cleaned[i] = cleaned[i] with { Replicas = cleaned[i].Replicas - fewer };
            spare -= fewer;
        }

        return cleaned;
    }

    private static IEnumerable<SetSize> OldestFirst(IEnumerable<SetSize> sets) =>
        sets.OrderBy(set => set.CreatedAt).ThenBy(set => set.Name, StringComparer.Ordinal);
}

/// <summary>The Recreate strategy (apps/v1): all old pods stop before the first new one starts.</summary>
public static class Recreation
{
    /// <param name="bounds">Between which numbers to move.</param>
    /// <param name="newSet">The new ReplicaSet; of size 0 and without pods if it does not exist yet.</param>
    /// <param name="old">All others.</param>
    public static SetSizes Next(RolloutBounds bounds, SetSize newSet, IReadOnlyList<SetSize> old)
    {
        var shrunk = old.Where(set => set.Replicas > 0)
            .Select(set => new Resizing(set.Name, set.Replicas, 0)).ToValueList();
        var left = old.Sum(set => set.Active + set.Terminating);
        if (shrunk.Count > 0 || left > 0)
        {
            return new SetSizes(shrunk, new WaitingOn.OldPods(left));
        }

        return new SetSizes(
            newSet.Replicas == bounds.Desired ? [] : [new Resizing(newSet.Name, newSet.Replicas, bounds.Desired)],
            RollingUpdate.NewPods(bounds, newSet));
    }
}
