using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>The conditions of a Deployment (apps/v1 DeploymentCondition), with Kubernetes' reasons and texts.</summary>
public static class DeploymentConditions
{
    public const string Progressing = "Progressing";
    public const string Available = "Available";
    public const string ReplicaFailure = "ReplicaFailure";

    /// <summary>Reasons of Progressing.</summary>
    public const string NewReplicaSetCreated = "NewReplicaSetCreated";
    public const string FoundNewReplicaSet = "FoundNewReplicaSet";
    public const string ReplicaSetUpdated = "ReplicaSetUpdated";
    public const string NewReplicaSetAvailable = "NewReplicaSetAvailable";
    public const string ReplicaSetCreateError = "ReplicaSetCreateError";
    public const string ProgressDeadlineExceeded = "ProgressDeadlineExceeded";
    public const string DeploymentPaused = "DeploymentPaused";
    public const string DeploymentResumed = "DeploymentResumed";

    public static DeploymentCondition? Find(this ValueList<DeploymentCondition> conditions, string type) =>
        conditions.FirstOrDefault(condition => condition.Type == type);

    public static ValueList<DeploymentCondition> Without(this ValueList<DeploymentCondition> conditions, string type) =>
        conditions.Where(condition => condition.Type != type).ToValueList();

    /// <summary>Sets a condition; one of the same status and reason stays as it is, with its times.</summary>
    public static ValueList<DeploymentCondition> With(
        this ValueList<DeploymentCondition> conditions, DeploymentCondition condition)
    {
        var current = conditions.Find(condition.Type);
        return current?.Status == condition.Status && current.Reason == condition.Reason
            ? conditions
            : conditions.Renewed(condition);
    }

    /// <summary>Sets a condition even if nothing but its time of update changes; the time of transition is kept while
    /// the status is the same.</summary>
    public static ValueList<DeploymentCondition> Renewed(
        this ValueList<DeploymentCondition> conditions, DeploymentCondition condition)
    {
        var current = conditions.Find(condition.Type);
        var dated = current?.Status == condition.Status
            ? condition with { LastTransitionTime = current.LastTransitionTime }
            : condition;
        return conditions.Without(condition.Type).Add(dated);
    }

    public static DeploymentCondition Make(
        string type, string status, string reason, string message, DateTimeOffset now) => new()
    {
        Type = type,
        Status = status,
        Reason = reason,
        Message = message,
        LastUpdateTime = ObjectLifecycle.Truncate(now),
        LastTransitionTime = ObjectLifecycle.Truncate(now),
    };

    public static DeploymentCondition Availability(bool isAvailable, DateTimeOffset now) => isAvailable
        ? Make(Available, "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", now)
        : Make(Available, "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", now);

    /// <summary>A ReplicaSet's failure to create pods, shown by its Deployment: the new set's before the old
    /// ones'.</summary>
    public static ValueList<DeploymentCondition> WithFailureOf(
        this ValueList<DeploymentCondition> conditions, IEnumerable<ReplicaSet> newFirst)
    {
        var failure = newFirst.SelectMany(set => set.Status.Conditions)
            .FirstOrDefault(condition => condition.Type == ReplicaFailure);
        return failure is null
            ? conditions.Without(ReplicaFailure)
            : conditions.With(new DeploymentCondition
            {
                Type = ReplicaFailure,
                Status = failure.Status,
                Reason = failure.Reason,
                Message = failure.Message,
                LastUpdateTime = failure.LastTransitionTime,
                LastTransitionTime = failure.LastTransitionTime,
            });
    }

    /// <summary>Pausing and resuming leave a mark, so that the time of a pause is not taken for lack of progress. A
    /// missed deadline stays reported.</summary>
    public static ValueList<DeploymentCondition> WithPause(
        this ValueList<DeploymentCondition> conditions, DeploymentSpec spec, DateTimeOffset now)
    {
        var current = conditions.Find(Progressing);
        if (!HasDeadline(spec) || current?.Reason == ProgressDeadlineExceeded)
        {
            return conditions;
        }

        var showsPause = current?.Reason == DeploymentPaused;
        return (spec.Paused, showsPause) switch
        {
            (true, false) => conditions.With(
                Make(Progressing, "Unknown", DeploymentPaused, "Deployment is paused", now)),
            (false, true) => conditions.With(
                Make(Progressing, "Unknown", DeploymentResumed, "Deployment is resumed", now)),
            _ => conditions,
        };
    }

    /// <summary>apps/v1 progressDeadlineSeconds: absent, or the greatest int32, for no deadline.</summary>
    public static bool HasDeadline(DeploymentSpec spec) => spec.ProgressDeadlineSeconds is not (null or int.MaxValue);
}
