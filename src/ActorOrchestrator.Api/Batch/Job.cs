using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Batch;

public sealed record Job() : KubeObject("batch/v1", "Job")
{
    public JobSpec Spec { get; init; } = JobSpec.Empty;
    public JobStatus Status { get; init; } = JobStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (JobStatus?)status ?? JobStatus.Empty };
}

public sealed record JobSpec
{
    public static readonly JobSpec Empty = new();
    public int? Parallelism { get; init; }
    public int? Completions { get; init; }
    public long? ActiveDeadlineSeconds { get; init; }
    public PodFailurePolicy? PodFailurePolicy { get; init; }
    public SuccessPolicy? SuccessPolicy { get; init; }
    public int? BackoffLimit { get; init; }
    public int? BackoffLimitPerIndex { get; init; }
    public int? MaxFailedIndexes { get; init; }
    public LabelSelector? Selector { get; init; }
    public bool? ManualSelector { get; init; }
    [Required] public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;
    public int? TtlSecondsAfterFinished { get; init; }
    [Pointer, Values("NonIndexed", "Indexed")] public string? CompletionMode { get; init; }
    public bool? Suspend { get; init; }
    [Pointer, Values("TerminatingOrFailed", "Failed")] public string? PodReplacementPolicy { get; init; }
    [Pointer] public string? ManagedBy { get; init; }
}

public sealed record PodFailurePolicy
{
    [Required] public ValueList<PodFailurePolicyRule> Rules { get; init; } = [];
}

public sealed record PodFailurePolicyRule
{
    [Required, Values("FailJob", "FailIndex", "Ignore", "Count")] public string Action { get; init; } = "";
    public PodFailurePolicyOnExitCodesRequirement? OnExitCodes { get; init; }
    public ValueList<PodFailurePolicyOnPodConditionsPattern> OnPodConditions { get; init; } = [];
}

public sealed record PodFailurePolicyOnExitCodesRequirement
{
    [Pointer] public string? ContainerName { get; init; }
    [Required, Values("In", "NotIn")] public string Operator { get; init; } = "";
    [Required, ListSet] public ValueList<int> Values { get; init; } = [];
}

public sealed record PodFailurePolicyOnPodConditionsPattern
{
    [Required] public string Type { get; init; } = "";
    [AlwaysWritten] public string Status { get; init; } = "";
}

public sealed record SuccessPolicy
{
    [Required] public ValueList<SuccessPolicyRule> Rules { get; init; } = [];
}

public sealed record SuccessPolicyRule
{
    [Pointer] public string? SucceededIndexes { get; init; }
    public int? SucceededCount { get; init; }
}

public sealed record JobStatus
{
    public static readonly JobStatus Empty = new();
    [MergeKey("type"), PatchStrategy("merge")] public ValueList<JobCondition> Conditions { get; init; } = [];
    public DateTimeOffset? StartTime { get; init; }
    public DateTimeOffset? CompletionTime { get; init; }
    public int Active { get; init; }
    public int Succeeded { get; init; }
    public int Failed { get; init; }
    public int? Terminating { get; init; }
    public string? CompletedIndexes { get; init; }
    [Pointer] public string? FailedIndexes { get; init; }
    public UncountedTerminatedPods? UncountedTerminatedPods { get; init; }
    public int? Ready { get; init; }
}

public sealed record JobCondition
{
    [Required] public string Type { get; init; } = "";
    [Required] public string Status { get; init; } = "";
    public DateTimeOffset? LastProbeTime { get; init; }
    public DateTimeOffset? LastTransitionTime { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
}

public sealed record UncountedTerminatedPods
{
    [ListSet] public ValueList<string> Succeeded { get; init; } = [];
    [ListSet] public ValueList<string> Failed { get; init; } = [];
}
