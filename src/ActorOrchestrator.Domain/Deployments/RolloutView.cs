using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.ConfigRollouts;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>A Deployment's ReplicaSets as last reported, or as asked for: the one of its present template, and
/// others.</summary>
internal sealed record RolloutView(ReplicaSet? NewReplicaSet, IReadOnlyList<ReplicaSet> Old)
{
    public IReadOnlyList<ReplicaSet> All => NewReplicaSet is null ? Old : [NewReplicaSet, .. Old];

    /// <summary>Of several sets with the present template, the oldest is the new one: all others are old.</summary>
    public static RolloutView Of(Deployment deployment, IEnumerable<ReplicaSetClaim> claims)
    {
        var sets = claims.Where(claim => !claim.IsGone && claim.Refusal is null)
            .Select(claim => claim.Observed ?? claim.Manifest).OfType<ReplicaSet>()
            .OrderBy(CreatedAt).ThenBy(set => set.Metadata.Name, StringComparer.Ordinal).ToList();
        var template = deployment.Pinned();
        var newSet = sets.FirstOrDefault(set => PodTemplateHash.IsSameTemplate(set.Spec.Template, template));
        return new RolloutView(newSet, sets.Where(set => set != newSet).ToList());
    }

    public static SetSize SizeOf(ReplicaSet set) => new(set.Metadata.Name!, set.Spec.Replicas ?? 1)
    {
        Active = set.Status.Replicas,
        // What a report shows beyond the set's size is about to go, even if the set is made larger again at once.
        Available = Math.Min(set.Status.AvailableReplicas, set.Spec.Replicas ?? 1),
        Terminating = set.Status.TerminatingReplicas ?? 0,
        CreatedAt = CreatedAt(set),
        DesiredBefore = Revisions.SizeAnnotation(set, Revisions.DesiredReplicas),
        PodsMaxBefore = Revisions.SizeAnnotation(set, Revisions.MaxReplicas),
    };

    private static DateTimeOffset CreatedAt(ReplicaSet set) =>
        set.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue;
}
