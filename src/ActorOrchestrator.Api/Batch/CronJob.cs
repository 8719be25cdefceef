namespace ActorOrchestrator.Api.Batch;

[Doc("Jobs that are started by a schedule.")]
public sealed record CronJob() : KubeObject("batch/v1", "CronJob")
{
    [Doc("What is wanted.")]
    public CronJobSpec Spec { get; init; } = CronJobSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public CronJobStatus Status { get; init; } = CronJobStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (CronJobStatus?)status ?? CronJobStatus.Empty };
}

[Doc("What a cron job is to be.")]
public sealed record CronJobSpec
{
    public static readonly CronJobSpec Empty = new();

    [Doc("When jobs are started, in cron's form."), Required]
    public string Schedule { get; init; } = "";

    [Doc("Time zone of the schedule."), Pointer]
    public string? TimeZone { get; init; }

    [Doc("Seconds that a job may be late by.")]
    public long? StartingDeadlineSeconds { get; init; }

    [Doc("What to do while the last job still runs: Allow, Forbid or Replace."), Values("Allow", "Forbid", "Replace")]
    public string? ConcurrencyPolicy { get; init; }

    [Doc("Whether nothing new is started.")]
    public bool? Suspend { get; init; }

    [Doc("What new jobs look like."), Required]
    public JobTemplateSpec JobTemplate { get; init; } = JobTemplateSpec.Empty;

    [Doc("How many jobs that succeeded are kept.")]
    public int? SuccessfulJobsHistoryLimit { get; init; }

    [Doc("How many jobs that failed are kept.")]
    public int? FailedJobsHistoryLimit { get; init; }
}

[Doc("What is wanted of a JobTemplate.")]
public sealed record JobTemplateSpec
{
    public static readonly JobTemplateSpec Empty = new();

    [Doc("Name, labels and the rest of what every object has.")]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Doc("What is wanted.")]
    public JobSpec Spec { get; init; } = JobSpec.Empty;
}

[Doc("What a CronJob was last seen to be.")]
public sealed record CronJobStatus
{
    public static readonly CronJobStatus Empty = new();

    [Doc("Jobs that run.")]
    public ValueList<ObjectReference> Active { get; init; } = [];

    [Doc("When a job was last started.")]
    public DateTimeOffset? LastScheduleTime { get; init; }

    [Doc("When a job last succeeded.")]
    public DateTimeOffset? LastSuccessfulTime { get; init; }
}
