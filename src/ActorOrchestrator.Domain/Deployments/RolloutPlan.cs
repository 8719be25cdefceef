using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>All that a Deployment is to do now, and what keeps it from doing more. The executor has no choice
/// left.</summary>
/// <param name="Create">The ReplicaSet of the present template, still without a uid; null if it exists, or is not to
/// exist yet.</param>
/// <param name="Resize">ReplicaSets to make larger or smaller.</param>
/// <param name="Annotate">ReplicaSets whose size stays, with annotations or minReadySeconds to bring up to
/// date.</param>
/// <param name="Delete">Old ReplicaSets beyond the history limit.</param>
/// <param name="WaitingOn">What has to happen before the next step; null once the rollout is complete.</param>
public sealed record RolloutPlan(
    ReplicaSet? Create,
    ValueList<SetChange> Resize,
    ValueList<SetChange> Annotate,
    ValueList<ReplicaSet> Delete,
    WaitingOn? WaitingOn)
{
    /// <summary>spec.replicas has changed, or the Deployment is paused: the template is not rolled out now, and
    /// progress not judged.</summary>
    public bool IsScaling { get; init; }

    /// <summary>The revision of the present template's ReplicaSet; 0 while there is none.</summary>
    public long Revision { get; init; }

    /// <summary>Nothing to do, and nothing to wait for.</summary>
    public bool IsEmpty => Create is null && Resize.Count + Annotate.Count + Delete.Count == 0 && WaitingOn is null;

    public static RolloutPlan Wait(WaitingOn reason) => new(null, [], [], [], reason);
}

/// <summary>What one ReplicaSet is asked to become.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">Its size now.</param>
/// <param name="Request">What is recorded before it is asked, and then asked.</param>
public sealed record SetChange(string Name, int From, ResizeRequested Request);
