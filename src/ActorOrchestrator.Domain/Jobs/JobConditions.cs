using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>
/// The conditions of a Job (batch/v1 JobCondition). What becomes of it is decided first, and told as the end only when
/// nothing of it runs any more:
/// <code>
///   SuccessCriteriaMet ──pods ended──► Complete
///   FailureTarget      ──pods ended──► Failed
/// </code>
/// </summary>
public static class JobConditions
{
    public const string SuccessCriteriaMet = "SuccessCriteriaMet";
    public const string Complete = "Complete";
    public const string FailureTarget = "FailureTarget";
    public const string Failed = "Failed";
    public const string Suspended = "Suspended";

    public static JobCondition? Find(JobStatus status, string type) =>
        status.Conditions.FirstOrDefault(condition => condition.Type == type);

    public static bool Holds(JobStatus status, string type) => Find(status, type)?.Status == "True";

    /// <summary>It is decided that it fails.</summary>
    public static bool IsFailing(JobStatus status) => Holds(status, FailureTarget) || Holds(status, Failed);

    /// <summary>It is decided that it has succeeded.</summary>
    public static bool IsSucceeding(JobStatus status) => Holds(status, SuccessCriteriaMet) || Holds(status, Complete);

    /// <summary>Nothing changes any more.</summary>
    public static bool IsFinished(JobStatus status) => Holds(status, Complete) || Holds(status, Failed);

    /// <summary>When it ended; null while it has not.</summary>
    public static DateTimeOffset? FinishedAt(JobStatus status) =>
        status.Conditions.FirstOrDefault(condition =>
            condition is { Type: Complete or Failed, Status: "True" })?.LastTransitionTime;

    public static JobStatus With(
        this JobStatus status, string type, bool holds, string reason, string message, DateTimeOffset now)
    {
        var condition = new JobCondition
        {
            Type = type,
            Status = holds ? "True" : "False",
            Reason = reason,
            Message = message,
            LastProbeTime = ObjectLifecycle.Truncate(now),
            LastTransitionTime = ObjectLifecycle.Truncate(now),
        };
        return status with
        {
            Conditions = status.Conditions.Where(other => other.Type != type).Append(condition).ToValueList(),
        };
    }
}
