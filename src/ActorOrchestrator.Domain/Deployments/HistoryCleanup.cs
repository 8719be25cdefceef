using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>
/// Which old ReplicaSets are deleted (apps/v1 DeploymentSpec.revisionHistoryLimit): the lowest revisions beyond the
/// limit, of those that have, and are to have, no pods. With limit 2 and old sets 1(0 pods) 2(1 pod) 3(0) 4(0), two are
/// too many: 1 goes; 2 is next in turn but has a pod, so it stays, and 3 is not taken in its place.
/// </summary>
public static class HistoryCleanup
{
    /// <summary>Without a limit (also the greatest int32) all are kept.</summary>
    public static IEnumerable<ReplicaSet> Expired(IEnumerable<ReplicaSet> old, int? limit)
    {
        if (limit is null or int.MaxValue)
        {
            return [];
        }

        var kept = old.Where(set => set.Metadata.DeletionTimestamp is null)
            .OrderBy(Revisions.Of).ThenBy(set => set.Metadata.Name, StringComparer.Ordinal).ToList();
        return kept.Take(Math.Max(0, kept.Count - limit.Value)).Where(IsEmpty);
    }

    private static bool IsEmpty(ReplicaSet set) =>
        set.Spec.Replicas == 0 && set.Status.Replicas == 0 && set.Status.ObservedGeneration >= set.Metadata.Generation;
}
