using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>The next step of a Deployment towards its template and its number, or why there is none.</summary>
public abstract record RolloutStep
{
    private RolloutStep()
    {
    }

    /// <summary>ReplicaSets to resize. A new ReplicaSet that does not exist yet is to be created with its
    /// size.</summary>
    public sealed record Resize(ValueList<Resizing> Sizes) : RolloutStep;

    /// <summary>The Deployment's number has changed, or it is paused: all active ReplicaSets with their sizes, changed
    /// or not. The template is not rolled out meanwhile.</summary>
    public sealed record Rescale(ValueList<Resizing> Sizes) : RolloutStep;

    /// <summary>All ReplicaSets have the sizes that they are to have.</summary>
    public sealed record Settled : RolloutStep;

    /// <summary>The bound is reached; old pods have to go first.</summary>
    public sealed record WaitsForRoom(int Pods, int PodsMax) : RolloutStep;

    /// <summary>No old pod may go before more new ones are available.</summary>
    public sealed record WaitsForAvailability(int Available, int AvailableMin) : RolloutStep;

    /// <summary>Recreate: nothing new before the last old pod has stopped.</summary>
    public sealed record WaitsForOldPods(int Pods) : RolloutStep;

    /// <summary>ReplicaSets that have not answered: what they have is not known well enough for a step.</summary>
    public sealed record WaitsForReplicaSets(ValueList<string> Names) : RolloutStep;

    public sealed record WaitsForAdoptable : RolloutStep;

    /// <summary>The creation of the new ReplicaSet was refused.</summary>
    public sealed record BacksOff(DateTimeOffset Until) : RolloutStep;

    /// <summary>A Deployment that is itself deleted leaves its ReplicaSets to garbage collection.</summary>
    public sealed record Terminating : RolloutStep;
}

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
    public static RolloutStep Next(RolloutBounds bounds, SetSize newSet, IReadOnlyList<SetSize> old)
    {
        var grown = newSet with { Replicas = NewReplicaSetSize(bounds, newSet, old) };
        var shrunk = Shrink(bounds, grown, old);
        var sizes = OldestFirst(old)
            .Zip(shrunk, (before, after) => new Resizing(before.Name, before.Replicas, after.Replicas))
            .Prepend(new Resizing(newSet.Name, newSet.Replicas, grown.Replicas))
            .Where(size => size.From != size.To).ToValueList();
        if (sizes.Count > 0)
        {
            return new RolloutStep.Resize(sizes);
        }

        if (old.Any(set => set.Replicas > 0))
        {
            return new RolloutStep.WaitsForAvailability(
                newSet.AvailableLowerBound + old.Sum(set => set.AvailableLowerBound), bounds.AvailableMin);
        }

        return newSet.Replicas < bounds.Desired
            ? new RolloutStep.WaitsForRoom(newSet.PodsUpperBound + old.Sum(set => set.PodsUpperBound), bounds.PodsMax)
            : new RolloutStep.Settled();
    }

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
    public static RolloutStep Next(RolloutBounds bounds, SetSize newSet, IReadOnlyList<SetSize> old)
    {
        var shrunk = old.Where(set => set.Replicas > 0)
            .Select(set => new Resizing(set.Name, set.Replicas, 0)).ToValueList();
        if (shrunk.Count > 0)
        {
            return new RolloutStep.Resize(shrunk);
        }

        var left = old.Sum(set => set.Active + set.Terminating);
        if (left > 0)
        {
            return new RolloutStep.WaitsForOldPods(left);
        }

        return newSet.Replicas == bounds.Desired
            ? new RolloutStep.Settled()
            : new RolloutStep.Resize([new Resizing(newSet.Name, newSet.Replicas, bounds.Desired)]);
    }
}
