using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.ConfigRollouts;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>A Deployment's status (apps/v1 DeploymentStatus), computed from its ReplicaSets' reports.</summary>
public static class RolloutStatus
{
    /// <summary>The counts and the Available condition; the other conditions as they were.</summary>
    public static DeploymentStatus Count(
        Deployment deployment, ReplicaSet? newSet, IReadOnlyList<ReplicaSet> all, DateTimeOffset now)
    {
        var bounds = RolloutBounds.Of(deployment.Spec);
        var available = all.Sum(set => set.Status.AvailableReplicas);
        return deployment.Status with
        {
            ObservedGeneration = ConfigPins.ObservedGeneration(deployment, deployment.Status.ObservedGeneration),
            Replicas = all.Sum(set => set.Status.Replicas),
            UpdatedReplicas = newSet?.Status.Replicas ?? 0,
            ReadyReplicas = all.Sum(set => set.Status.ReadyReplicas),
            AvailableReplicas = available,
            UnavailableReplicas = Math.Max(0, all.Sum(set => set.Spec.Replicas ?? 1) - available),
            TerminatingReplicas = all.Sum(set => set.Status.TerminatingReplicas ?? 0),
            Conditions = deployment.Status.Conditions.With(
                DeploymentConditions.Availability(available >= bounds.AvailableMin, now)),
        };
    }

    /// <summary>
    /// The Progressing condition of a rollout:
    /// <code>
    ///  NewReplicaSetCreated | FoundNewReplicaSet | DeploymentResumed
    ///      │ counts improve                                  │ deadline without improvement
    ///      ▼                                                 ▼
    ///  ReplicaSetUpdated ──deadline──► ProgressDeadlineExceeded ──counts improve──► ReplicaSetUpdated
    ///      │ all new, all available
    ///      ▼
    ///  NewReplicaSetAvailable (stays until the next new ReplicaSet, whatever happens to pods)
    /// </code>
    /// </summary>
    public static DeploymentStatus WithProgress(
        Deployment deployment, DeploymentStatus status, ReplicaSet? newSet, WaitingOn? waitingOn, DateTimeOffset now)
    {
        var conditions = status.Conditions;
        if (!DeploymentConditions.HasDeadline(deployment.Spec))
        {
            return status with { Conditions = conditions.Without(DeploymentConditions.Progressing) };
        }

        var current = conditions.Find(DeploymentConditions.Progressing);
        if (newSet is not null && status.Replicas == status.UpdatedReplicas
            && current?.Reason == DeploymentConditions.NewReplicaSetAvailable)
        {
            return status;
        }

        var subject = newSet is null
            ? $"Deployment \"{deployment.Metadata.Name}\""
            : $"ReplicaSet \"{newSet.Metadata.Name}\"";
        var why = waitingOn is null ? "." : $": {waitingOn.Describe()}.";
        DeploymentCondition Progress(string value, string reason, string text) => DeploymentConditions.Make(
            DeploymentConditions.Progressing, value, reason, $"{subject} {text}", now);

        if (IsComplete(deployment, status))
        {
            conditions = conditions.With(Progress(
                "True", DeploymentConditions.NewReplicaSetAvailable, "has successfully progressed."));
        }
        else if (HasProgressed(deployment.Status, status))
        {
            conditions = conditions.Renewed(Progress(
                "True", DeploymentConditions.ReplicaSetUpdated, $"is progressing{why}"));
        }
        else if (IsTimedOut(deployment.Spec, current, now))
        {
            conditions = conditions.With(Progress(
                "False", DeploymentConditions.ProgressDeadlineExceeded, $"has timed out progressing{why}"));
        }

        return status with
        {
            Conditions = waitingOn is null or { IsBrief: true } ? conditions : conditions.Explained(subject, why),
        };
    }

    /// <summary>What is waited for changes while nothing progresses: the message follows, and no time is touched, for
    /// the deadline counts from them.</summary>
    private static ValueList<DeploymentCondition> Explained(
        this ValueList<DeploymentCondition> conditions, string subject, string why)
    {
        var current = conditions.Find(DeploymentConditions.Progressing);
        var text = current?.Reason switch
        {
            DeploymentConditions.ReplicaSetUpdated => $"{subject} is progressing{why}",
            DeploymentConditions.ProgressDeadlineExceeded => $"{subject} has timed out progressing{why}",
            _ => null,
        };
        return text is null || text == current!.Message
            ? conditions
            : conditions.Without(DeploymentConditions.Progressing).Add(current with { Message = text });
    }

    /// <summary>All pods are new ones, and all that are desired are available.</summary>
    public static bool IsComplete(Deployment deployment, DeploymentStatus status)
    {
        var desired = deployment.Spec.Replicas ?? 1;
        return status.UpdatedReplicas == desired && status.Replicas == desired && status.AvailableReplicas == desired
            && status.ObservedGeneration >= deployment.Metadata.Generation;
    }

    /// <summary>When the rollout is late unless its counts improve before; null if it is complete, late or without
    /// deadline. A second is added since the condition's time has whole seconds.</summary>
    public static DateTimeOffset? DeadlineOf(Deployment deployment, DeploymentStatus status)
    {
        var current = status.Conditions.Find(DeploymentConditions.Progressing);
        return DeploymentConditions.HasDeadline(deployment.Spec) && !deployment.Spec.Paused
            && !IsComplete(deployment, status)
            && current?.Reason is not (null or DeploymentConditions.ProgressDeadlineExceeded
                or DeploymentConditions.NewReplicaSetAvailable)
            ? current.LastUpdateTime?.Later(deployment.Spec.ProgressDeadlineSeconds!.Value + 1L)
            : null;
    }

    private static bool HasProgressed(DeploymentStatus before, DeploymentStatus after) =>
        after.UpdatedReplicas > before.UpdatedReplicas
        || after.Replicas - after.UpdatedReplicas < before.Replicas - before.UpdatedReplicas
        || after.ReadyReplicas > before.ReadyReplicas
        || after.AvailableReplicas > before.AvailableReplicas;

    private static bool IsTimedOut(DeploymentSpec spec, DeploymentCondition? current, DateTimeOffset now) =>
        current?.Reason switch
        {
            null or DeploymentConditions.NewReplicaSetAvailable => false,
            DeploymentConditions.ProgressDeadlineExceeded => true,
            _ => current.LastUpdateTime?.Later(spec.ProgressDeadlineSeconds!.Value) < now,
        };
}
