using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Deployments;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Namespaces;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.ReplicaSets;
using ActorOrchestrator.Domain.StatefulSets;

namespace ActorOrchestrator.Domain;

/// <summary>
/// Whether an entity may be out of memory until its next message: it has nothing to send again, no timer to wait for
/// and nothing left to converge. This is what the object alone tells, for those who see nothing else; it says no when
/// in doubt. The entity itself knows more (<see cref="IBehavior.IsAtRest"/>).
/// <code>
///   kind                      at rest
///   Deployment, ReplicaSet,   when the status is of this generation, all pods that are wanted are there, ready,
///   ReplicationController     available and of the present template, and none is on its way in or out
///   DaemonSet                 when the status is of this generation, and every node that is to have a pod, and no
///                             other, has one, ready, available and of the present template
///   StatefulSet               when the status is of this generation, and every number has a pod, ready, available and
///                             of the revision that it is to be of, and there is no other
///   Job                       once it has ended and is to stay, or where others run it
///   CronJob                   while it is suspended or terminating and none of its Jobs runs
///   Node                      once its agent's silence is shown; before, its next heartbeat is waited for
///   Namespace                 unless it is terminating
///   Pod, and what is stored   always: others act for it
/// </code>
/// </summary>
public static class Rest
{
    public static bool IsAtRest(KubeObject value) => value switch
    {
        // Without replicas the counts do not tell whether there is a ReplicaSet of the present template.
        Deployment deployment => IsComplete(deployment) && deployment.Spec.Replicas != 0,
        ReplicaSet or ReplicationController => IsComplete(ReplicaOwners.ViewOf(value)),
        DaemonSet set => IsComplete(set),
        StatefulSet set => IsComplete(set),
        Job job => IsAtRest(job),
        CronJob cronJob => IsAtRest(cronJob),
        Node node => NodeDecider.IsSilent(node),
        Namespace ns => ns.Metadata.DeletionTimestamp is null && ReferenceEquals(DefaultNamespaces.Labelled(ns), ns),
        _ => true,
    };

    private static bool IsAtRest(Job job) => !JobDecider.IsOurs(job)
        || (JobConditions.IsFinished(job.Status) && job.Spec.TtlSecondsAfterFinished is null);

    private static bool IsAtRest(CronJob cronJob) => cronJob.Status.Active.Count == 0
        && (cronJob.Spec.Suspend is true || cronJob.Metadata.DeletionTimestamp is not null);

    internal static bool IsComplete(ReplicaSet set)
    {
        var (desired, status) = (set.Spec.Replicas ?? 1, set.Status);
        return set.Metadata.DeletionTimestamp is null
            && status.ObservedGeneration == (set.Metadata.Generation ?? 1)
            && (status.Replicas, status.ReadyReplicas, status.AvailableReplicas) == (desired, desired, desired)
            && status.TerminatingReplicas is null or 0
            && status.Conditions.Count == 0;
    }

    internal static bool IsComplete(DaemonSet set)
    {
        var (desired, status) = (set.Status.DesiredNumberScheduled, set.Status);
        return set.Metadata.DeletionTimestamp is null
            && status.ObservedGeneration == (set.Metadata.Generation ?? 1)
            && status.CurrentNumberScheduled == desired
            && (status.NumberReady, status.NumberAvailable) == (desired, desired)
            && status is { NumberMisscheduled: 0, NumberUnavailable: 0 }
            && (status.UpdatedNumberScheduled == desired || set.Spec.UpdateStrategy.Type == "OnDelete");
    }

    internal static bool IsComplete(StatefulSet set)
    {
        var (desired, status) = (set.Spec.Replicas ?? 1, set.Status);
        var updated = desired - (set.Spec.UpdateStrategy.RollingUpdate?.Partition ?? 0);
        return set.Metadata.DeletionTimestamp is null
            && status.ObservedGeneration == (set.Metadata.Generation ?? 1)
            && (status.Replicas, status.ReadyReplicas, status.AvailableReplicas) == (desired, desired, desired)
            && (status.UpdatedReplicas >= updated || set.Spec.UpdateStrategy.Type == "OnDelete")
            && status.Conditions.All(condition => condition.Reason == StatefulWait.Deletion);
    }

    internal static bool IsComplete(Deployment deployment)
    {
        var status = deployment.Status;
        var progress = status.Conditions.Find(DeploymentConditions.Progressing)?.Reason;
        return deployment.Metadata.DeletionTimestamp is null
            && !deployment.Spec.Paused
            && status.ObservedGeneration == (deployment.Metadata.Generation ?? 1)
            && RolloutStatus.IsComplete(deployment, status)
            && status.ReadyReplicas == status.Replicas
            && status.TerminatingReplicas is null or 0
            && status.Conditions.Find(DeploymentConditions.ReplicaFailure) is null
            && progress == (DeploymentConditions.HasDeadline(deployment.Spec)
                ? DeploymentConditions.NewReplicaSetAvailable
                : null);
    }
}
