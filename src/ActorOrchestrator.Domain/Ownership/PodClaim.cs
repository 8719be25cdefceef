using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>A claim on a pod; kinds whose pods differ from each other add what theirs is made of.</summary>
public record PodClaim(string Uid, string Name) : Claim(Uid, Name)
{
    public sealed override string Resource => OwnedPods.Resource;

    /// <summary>The last report since activation; null before the first.</summary>
    public PodObservation? Observation { get; init; }

    /// <summary>It may be a running replica, for all we know: only a report (gone, terminating, finished) or a refusal
    /// ends that, not what we asked for. Of a fenced pod it is only its end that does. This is what must never exceed
    /// the
    /// bounds of a rollout.</summary>
    public bool MayBeActive => !IsGone && Refusal is null && Observation is null or { HoldsPlace: true };

    /// <summary>A replica that is to stay.</summary>
    public bool IsWanted => MayBeActive && !IsDeletionRequested && Observation is null or { IsActive: true };

    /// <summary>It is a replica only until another one is available in its place.</summary>
    public bool AwaitsReplacement => IsWanted && Observation is { AwaitsReplacement: true };

    /// <summary>How it is told to go.</summary>
    public virtual Delete Deletion => Observation is { AwaitsReplacement: true }
        ? Delete.Exactly(Uid) with { Disruption = PodDisruption.Evicted }
        : Delete.Exactly(Uid);

    public override bool IsObserved => Observation is not null;

    public override string? ControllerUid => Observation?.ControllerUid;

    public override ValueMap<string>? Selectable => Observation is { IsActive: true } active ? active.Labels : null;

    /// <summary>Also until it is gone, once it is to go.</summary>
    public override bool OwesAnswer =>
        base.OwesAnswer || IsDeletionRequested || Observation is { IsTerminating: true };

    /// <summary>A pod that was seen terminating or gone stays so: a late report changes nothing.</summary>
    public override Claim Observe(KubeObject? report) => (IsGone, report) switch
    {
        (true, _) => this,
        (_, not Pod) => this with { IsGone = true },
        (_, Pod { Metadata.DeletionTimestamp: null }) when Observation is { IsTerminating: true } => this,
        (_, Pod pod) => this with { Observation = PodObservation.Of(pod), Refusal = null },
    };

    public override Claim Forget() => (PodClaim)base.Forget() with { Observation = null };
}

/// <summary>A pod to be, or one without a controller to be ours.</summary>
public readonly record struct ClaimedPod(string Uid, string Name);

public sealed record PodsClaimed(ValueList<ClaimedPod> Pods, bool IsAdoption) : DomainEvent, IChildrenClaimed<PodClaim>
{
    public override EventScope Scope => EventScope.Private;

    IEnumerable<PodClaim> IChildrenClaimed<PodClaim>.NewClaims() =>
        Pods.Select(pod => new PodClaim(pod.Uid, pod.Name) { IsAdoption = IsAdoption });
}

/// <summary>The pods exist and are ours.</summary>
public sealed record PodsConfirmed(ValueList<string> Uids) : ChildrenEvent(Uids), IChildrenConfirmed;

/// <summary>The deletion of the pods is asked for.</summary>
public sealed record PodsDeletionRequested(ValueList<string> Uids) : ChildrenEvent(Uids), IChildrenDeletionRequested;

/// <summary>The pods are gone, refused, or no longer ours.</summary>
public sealed record PodsUnclaimed(ValueList<string> Uids) : ChildrenEvent(Uids), IChildrenUnclaimed;
