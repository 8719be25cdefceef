using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.CronJobs;

/// <summary>A CronJob's claim on a Job. One row holds both the claim and that its time is reached, so a time starts one
/// Job whatever dies when. The claim stays as long as the Job, for the history.</summary>
public sealed record ScheduledJobClaim(string Uid, string Name) : Claim(Uid, Name)
{
    /// <summary>Annotation of a Job: the time that it was scheduled for, RFC 3339.</summary>
    public const string TimeAnnotation = "batch.kubernetes.io/cronjob-scheduled-timestamp";

    /// <summary>The resource of Jobs.</summary>
    public const string Jobs = "jobs.batch";

    /// <summary>The time that it is for; null for one that was made by somebody else with the CronJob as its
    /// controller (<c>kubectl create job --from</c>).</summary>
    public DateTimeOffset? ScheduledAt { get; init; }

    /// <summary>What its last report said; null before the first.</summary>
    public JobObservation? Observation { get; init; }

    public override string Resource => Jobs;

    public override bool IsObserved => Observation is not null;

    public override string? ControllerUid => Observation?.ControllerUid;

    public override ValueMap<string>? Selectable => null;

    /// <summary>Also until it is gone, once it is to go.</summary>
    public override bool OwesAnswer => base.OwesAnswer || IsDeletionRequested;

    /// <summary>It was made for a time of the schedule, and may be running, for all we know: also when it is told to
    /// go.</summary>
    public bool MayRun => Observation is null or { IsFinished: false }
        && (ScheduledAt is not null || Observation is { IsScheduled: true });

    /// <summary>It may run and is to go on.</summary>
    public bool IsActive => MayRun && !IsDeletionRequested;

    /// <summary>A report that a Job runs is older than one that it has ended.</summary>
    public override Claim Observe(KubeObject? report) => (IsGone, report) switch
    {
        (true, _) => this,
        (_, not Job) => this with { IsGone = true },
        (_, Job { Status: var status }) when Observation is { IsFinished: true } && !JobConditions.IsFinished(status) =>
            this,
        (_, Job job) => this with { Observation = JobObservation.Of(job), Refusal = null },
    };

    public override Claim Forget() => (ScheduledJobClaim)base.Forget() with { Observation = null };
}

/// <summary>What a CronJob remembers of a Job's last report.</summary>
public sealed record JobObservation
{
    public string? ControllerUid { get; init; }

    public bool IsFinished { get; init; }

    /// <summary>It has ended, and well.</summary>
    public bool HasSucceeded { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>It says that it is for a time of the schedule.</summary>
    public bool IsScheduled { get; init; }

    public static JobObservation Of(Job job) => new()
    {
        ControllerUid = ObjectLifecycle.ControllerOf(job)?.Uid,
        IsFinished = JobConditions.IsFinished(job.Status),
        HasSucceeded = JobConditions.Holds(job.Status, JobConditions.Complete),
        StartedAt = job.Status.StartTime ?? job.Metadata.CreationTimestamp,
        CompletedAt = job.Status.CompletionTime,
        IsScheduled = job.Metadata.Annotations.ContainsKey(ScheduledJobClaim.TimeAnnotation),
    };
}

/// <summary>A Job to be, for a time of the schedule, which is reached by this; or one that has appeared and is the
/// CronJob's (no time).</summary>
public sealed record ScheduledJobClaimed(string Uid, string Name, DateTimeOffset? Time)
    : DomainEvent, IChildrenClaimed<ScheduledJobClaim>
{
    public override EventScope Scope => EventScope.Private;

    IEnumerable<ScheduledJobClaim> IChildrenClaimed<ScheduledJobClaim>.NewClaims() =>
        [new ScheduledJobClaim(Uid, Name) { ScheduledAt = Time, IsAdoption = Time is null }];
}

/// <summary>The Jobs exist and are ours.</summary>
public sealed record ScheduledJobsConfirmed(ValueList<string> Uids) : ChildrenEvent(Uids), IChildrenConfirmed;

/// <summary>The deletion of the Jobs is asked for.</summary>
public sealed record ScheduledJobsDeletionRequested(ValueList<string> Uids)
    : ChildrenEvent(Uids), IChildrenDeletionRequested;

/// <summary>The Jobs are gone, refused, or no longer ours.</summary>
public sealed record ScheduledJobsUnclaimed(ValueList<string> Uids) : ChildrenEvent(Uids), IChildrenUnclaimed;
