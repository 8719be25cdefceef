using ActorOrchestrator.Api.Batch;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>What is known of a Job when it is judged.</summary>
public readonly record struct JobStanding
{
    /// <summary>Why a pod that has failed makes the Job fail by its pod failure policy; null when none
    /// does.</summary>
    public string? FailJobMessage { get; init; }

    public int Succeeded { get; init; }
    public int Failed { get; init; }

    /// <summary>Indexes that have failed, where each fails for itself.</summary>
    public int FailedIndexes { get; init; }

    /// <summary>Pods that may be running.</summary>
    public int Active { get; init; }

    /// <summary>Restarts of the containers of running pods.</summary>
    public int Restarts { get; init; }
}

/// <summary>Whether a Job has succeeded or failed, with Kubernetes' reasons and words.</summary>
/// <param name="Condition"><see cref="JobConditions.SuccessCriteriaMet"/> or
/// <see cref="JobConditions.FailureTarget"/>.</param>
/// <param name="Reason">Why, as one word.</param>
/// <param name="Message">The same as a sentence.</param>
public sealed record JobVerdict(string Condition, string Reason, string Message)
{
    /// <summary>
    /// The first that applies:
    /// <code>
    ///   a rule of podFailurePolicy with action FailJob                    PodFailurePolicy
    ///   failed pods > backoffLimit                                        BackoffLimitExceeded
    ///   OnFailure: restarts >= backoffLimit (> 0 for a limit of 0)        BackoffLimitExceeded
    ///   activeDeadlineSeconds since the start are over                    DeadlineExceeded
    ///   failed indexes > maxFailedIndexes                                 MaxFailedIndexesExceeded
    ///   some indexes have failed, and all others have succeeded           FailedIndexes
    ///   a rule of successPolicy is met                                    SuccessPolicy
    ///   completions given: so many have succeeded                         CompletionsReached
    ///   no completions given: one has succeeded, and none runs any more   CompletionsReached
    /// </code>
    /// </summary>
    public static JobVerdict? Of(Job job, in JobStanding standing, DateTimeOffset now)
    {
        if (standing.FailJobMessage is { } message)
        {
            return Failure("PodFailurePolicy", message);
        }

        if (standing.Failed > Limit(job) || RestartsExceed(job, standing.Restarts))
        {
            return Failure("BackoffLimitExceeded", "Job has reached the specified backoff limit");
        }

        if (Deadline(job) <= now)
        {
            return Failure("DeadlineExceeded", "Job was active longer than specified deadline");
        }

        if (OfIndexes(job, standing) is { } failed)
        {
            return failed;
        }

        if (SuccessCriteria.Met(job) is { } rule)
        {
            return new JobVerdict(JobConditions.SuccessCriteriaMet, "SuccessPolicy", rule);
        }

        var hasSucceeded = job.Spec.Completions is { } completions
            ? standing.Succeeded >= completions
            : standing is { Succeeded: > 0, Active: 0 };
        return hasSucceeded
            ? new JobVerdict(
                JobConditions.SuccessCriteriaMet, "CompletionsReached", "Reached expected number of succeeded pods")
            : null;
    }

    /// <summary>When the Job will have run for too long; null without such a bound, and while it is
    /// suspended.</summary>
    public static DateTimeOffset? Deadline(Job job) => job.Spec.Suspend is not true
        && job.Spec.ActiveDeadlineSeconds is { } seconds
        && job.Status.StartTime is { } start && seconds < (DateTimeOffset.MaxValue - start).TotalSeconds
            ? start.Later(seconds)
            : null;

    private static int Limit(Job job) => job.Spec.BackoffLimit ?? int.MaxValue;

    private static bool RestartsExceed(Job job, int restarts) =>
        job.Spec.Template.Spec.RestartPolicy == "OnFailure" && restarts >= Math.Max(1, Limit(job));

    private static JobVerdict? OfIndexes(Job job, in JobStanding standing) => standing.FailedIndexes switch
    {
        0 => null,
        var failed when failed > job.Spec.MaxFailedIndexes => Failure(
            "MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes"),
        var failed when failed + standing.Succeeded >= job.Spec.Completions =>
            Failure("FailedIndexes", "Job has failed indexes"),
        _ => null,
    };

    private static JobVerdict Failure(string reason, string message) =>
        new(JobConditions.FailureTarget, reason, message);
}
