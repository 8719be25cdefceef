using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>A Deployment's claim on one ReplicaSet.</summary>
public sealed record ReplicaSetClaim(string Uid, string Name) : ManifestClaim<ReplicaSet>(Uid, Name)
{
    public override string Resource => DeploymentDecider.ReplicaSets;

    /// <summary>The last resizing. It is kept when it was answered: a report from before it shows itself by
    /// that.</summary>
    public ResizeRequested? Resize { get; init; }

    /// <summary>If not, it exists, is heard of, and nothing is under way to it: a step may count on it.</summary>
    public override bool OwesAnswer => base.OwesAnswer || !HasAnswered;

    public bool HasAnswered => Resize is null || (Observed is not null && Resize.IsAnsweredBy(Observed));

    /// <summary>A report of an older generation, or older within one, changes nothing.</summary>
    public override Claim Observe(KubeObject? report)
    {
        if (IsGone || report is not ReplicaSet set)
        {
            return this with { IsGone = true };
        }

        var isOld = Observed is { } former && (set.Metadata.Generation < former.Metadata.Generation
            || set.Status.ObservedGeneration < former.Status.ObservedGeneration);
        return isOld ? this : this with { Observed = set, Refusal = null };
    }
}

public sealed record ReplicaSetClaimed(string Uid, string Name, ReplicaSet? Manifest)
    : DomainEvent, IChildrenClaimed<ReplicaSetClaim>
{
    public override EventScope Scope => EventScope.Private;

    IEnumerable<ReplicaSetClaim> IChildrenClaimed<ReplicaSetClaim>.NewClaims() =>
        [new ReplicaSetClaim(Uid, Name) { Manifest = Manifest, IsAdoption = Manifest is null }];
}

/// <summary>The ReplicaSet exists and is ours.</summary>
public sealed record ReplicaSetConfirmed(string Uid) : DomainEvent, IChildrenConfirmed
{
    public override EventScope Scope => EventScope.Private;

    ValueList<string> IChildrenConfirmed.Children() => [Uid];
}

/// <summary>The ReplicaSet is gone, refused, or no longer ours.</summary>
public sealed record ReplicaSetUnclaimed(string Uid) : DomainEvent, IChildrenUnclaimed
{
    public override EventScope Scope => EventScope.Private;

    ValueList<string> IChildrenUnclaimed.Children() => [Uid];
}

/// <summary>A resizing is about to be told to the ReplicaSet of this generation (ResizeReplicaSet).</summary>
public sealed record ResizeRequested(
    string Uid, long Generation, int Available, int Replicas, int MinReadySeconds, ValueMap<string> Annotations)
    : DomainEvent
{
    public override EventScope Scope => EventScope.Private;

    /// <summary>Obeyed (but for annotations that do not fit), or refused because somebody else was faster or more pods
    /// came up.</summary>
    public bool IsAnsweredBy(ReplicaSet report) =>
        report.Metadata.Generation > Generation
        || (Replicas < report.Spec.Replicas && report.Status.AvailableReplicas > Available)
        || (report.Metadata.Generation == Generation
            && report.Spec.Replicas == Replicas
            && report.Spec.MinReadySeconds == MinReadySeconds
            && AnnotationSize.Merged(report.Metadata.Annotations, Annotations) == report.Metadata.Annotations);
}
