namespace ActorOrchestrator.Api.Batch;

public sealed record CronJob() : KubeObject("batch/v1", "CronJob")
{
    public CronJobSpec Spec { get; init; } = CronJobSpec.Empty;
    public CronJobStatus Status { get; init; } = CronJobStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (CronJobStatus?)status ?? CronJobStatus.Empty };
}

public sealed record CronJobSpec
{
    public static readonly CronJobSpec Empty = new();
    [Required] public string Schedule { get; init; } = "";
    [Pointer] public string? TimeZone { get; init; }
    public long? StartingDeadlineSeconds { get; init; }
    [Values("Allow", "Forbid", "Replace")] public string? ConcurrencyPolicy { get; init; }
    public bool? Suspend { get; init; }
    [Required] public JobTemplateSpec JobTemplate { get; init; } = JobTemplateSpec.Empty;
    public int? SuccessfulJobsHistoryLimit { get; init; }
    public int? FailedJobsHistoryLimit { get; init; }
}

public sealed record JobTemplateSpec
{
    public static readonly JobTemplateSpec Empty = new();
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;
    public JobSpec Spec { get; init; } = JobSpec.Empty;
}

public sealed record CronJobStatus
{
    public static readonly CronJobStatus Empty = new();
    public ValueList<ObjectReference> Active { get; init; } = [];
    public DateTimeOffset? LastScheduleTime { get; init; }
    public DateTimeOffset? LastSuccessfulTime { get; init; }
}
