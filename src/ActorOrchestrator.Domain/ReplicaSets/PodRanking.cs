using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>
/// Which pods go first when a ReplicaSet shrinks. The first difference decides (Kubernetes' ActivePodsWithRanks):
/// <code>
///   goes first                     before
///   without a node                 on a node
///   Pending                        Unknown, and that before Running
///   not ready                      ready
///   ready, but not yet available   available
///   lower pod-deletion-cost        higher
///   more siblings on its node      fewer
///   ready since later              ready since earlier
///   more restarts                  fewer (containers, then sidecars)
///   created later                  created earlier
///   greater uid                    lesser: an arbitrary, but repeatable, last word
/// </code>
/// One row is added to Kubernetes' list: with minReadySeconds, a ready pod that is not yet available goes before an
/// available one, whatever its cost. Only so does shrinking to n keep min(available, n) available pods, on which the
/// Deployment's arithmetic rests (see RollingUpdate). Without minReadySeconds the row never decides.
/// Siblings are the active pods of this ReplicaSet; of other ReplicaSets' pods it knows nothing.
/// </summary>
public static class PodRanking
{
    /// <summary>The first <paramref name="count"/> of <paramref name="pods"/> to go.</summary>
    public static IReadOnlyList<PodClaim> FirstToGo(
        IReadOnlyList<PodClaim> pods, int count, int minReadySeconds, DateTimeOffset now)
    {
        if (count >= pods.Count)
        {
            return pods;
        }

        var siblings = pods
            .Where(pod => pod.Observation?.Node is not null)
            .GroupBy(pod => pod.Observation!.Node!)
            .ToDictionary(group => group.Key, group => group.Count());
        var order = new Order(siblings, minReadySeconds, now);
        var ranked = pods.ToList();
        ranked.Sort(order);
        return ranked.GetRange(0, count);
    }

    private sealed class Order(Dictionary<string, int> siblings, int minReadySeconds, DateTimeOffset now)
        : IComparer<PodClaim>
    {
        /// <summary>A pod that never reported: perhaps it does not even exist yet.</summary>
        private static readonly PodObservation Unobserved = new() { Phase = "Pending" };

        public int Compare(PodClaim? x, PodClaim? y)
        {
            var (one, other) = (x!.Observation ?? Unobserved, y!.Observation ?? Unobserved);
            var decided = ByLife(one, other);
            decided = decided != 0 ? decided : one.DeletionCost.CompareTo(other.DeletionCost);
            decided = decided != 0 ? decided : SiblingsOf(other).CompareTo(SiblingsOf(one));
            decided = decided != 0 ? decided : ByAge(one, other);
            return decided != 0 ? decided : string.CompareOrdinal(y.Uid, x.Uid);
        }

        private int ByLife(PodObservation one, PodObservation other)
        {
            var decided = (one.Node is not null).CompareTo(other.Node is not null);
            decided = decided != 0 ? decided : PhaseOrder(one).CompareTo(PhaseOrder(other));
            decided = decided != 0 ? decided : one.IsReady.CompareTo(other.IsReady);
            return decided != 0
                ? decided
                : one.IsAvailable(minReadySeconds, now).CompareTo(other.IsAvailable(minReadySeconds, now));
        }

        private static int ByAge(PodObservation one, PodObservation other)
        {
            var decided = one.IsReady && other.IsReady ? NewerFirst(one.ReadySince, other.ReadySince) : 0;
            decided = decided != 0 ? decided : other.RestartsMax.CompareTo(one.RestartsMax);
            decided = decided != 0 ? decided : other.SidecarRestartsMax.CompareTo(one.SidecarRestartsMax);
            return decided != 0 ? decided : NewerFirst(one.CreatedAt, other.CreatedAt);
        }

        /// <summary>A time that is not known counts as the newest.</summary>
        private static int NewerFirst(DateTimeOffset? one, DateTimeOffset? other) =>
            (other ?? DateTimeOffset.MaxValue).CompareTo(one ?? DateTimeOffset.MaxValue);

        private static int PhaseOrder(PodObservation observation) => observation.Phase switch
        {
            "Pending" => 0,
            "Unknown" => 1,
            _ => 2,
        };

        private int SiblingsOf(PodObservation observation) =>
            observation.Node is null ? 0 : siblings.GetValueOrDefault(observation.Node);
    }
}
