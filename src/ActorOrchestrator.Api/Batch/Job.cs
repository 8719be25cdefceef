using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Batch;

[Doc("Pods that run to an end.")]
public sealed record Job() : KubeObject("batch/v1", "Job")
{
    [Doc("What is wanted.")]
    public JobSpec Spec { get; init; } = JobSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public JobStatus Status { get; init; } = JobStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (JobStatus?)status ?? JobStatus.Empty };
}

[Doc("What a job is to be.")]
public sealed record JobSpec
{
    public static readonly JobSpec Empty = new();

    [Doc("Most pods to run at a time.")]
    public int? Parallelism { get; init; }

    [Doc("Successes that complete the job.")]
    public int? Completions { get; init; }

    [Doc("Seconds after the start at which everything is ended.")]
    public long? ActiveDeadlineSeconds { get; init; }

    [Doc("What to do about failed pods, by how they failed.")]
    public PodFailurePolicy? PodFailurePolicy { get; init; }

    [Doc("When the job has succeeded before all pods have.")]
    public SuccessPolicy? SuccessPolicy { get; init; }

    [Doc("Failures after which the job has failed.")]
    public int? BackoffLimit { get; init; }

    [Doc("Failures after which an index has failed.")]
    public int? BackoffLimitPerIndex { get; init; }

    [Doc("Failed indexes after which the job has failed.")]
    public int? MaxFailedIndexes { get; init; }

    [Doc("Labels by which the object finds its pods.")]
    public LabelSelector? Selector { get; init; }

    [Doc("Whether the user chose the selector.")]
    public bool? ManualSelector { get; init; }

    [Doc("What new pods look like."), Required]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;

    [Doc("Seconds after which a finished job is removed.")]
    public int? TtlSecondsAfterFinished { get; init; }

    [Doc("NonIndexed, or Indexed for numbered pods."), Pointer, Values("NonIndexed", "Indexed")]
    public string? CompletionMode { get; init; }

    [Doc("Whether nothing new is started.")]
    public bool? Suspend { get; init; }

    [Doc("When a failed pod is replaced."), Pointer, Values("TerminatingOrFailed", "Failed")]
    public string? PodReplacementPolicy { get; init; }

    [Doc("Controller that runs the job."), Pointer]
    public string? ManagedBy { get; init; }
}

public sealed record PodFailurePolicy
{
    [Doc("The rules."), Required]
    public ValueList<PodFailurePolicyRule> Rules { get; init; } = [];
}

public sealed record PodFailurePolicyRule
{
    [Doc("What to do."), Required, Values("FailJob", "FailIndex", "Ignore", "Count")]
    public string Action { get; init; } = "";

    [Doc("Exit codes that the rule is for.")]
    public PodFailurePolicyOnExitCodesRequirement? OnExitCodes { get; init; }

    [Doc("Pod conditions that the rule is for.")]
    public ValueList<PodFailurePolicyOnPodConditionsPattern> OnPodConditions { get; init; } = [];
}

public sealed record PodFailurePolicyOnExitCodesRequirement
{
    [Doc("Name of the container."), Pointer]
    public string? ContainerName { get; init; }

    [Doc("How key and values are compared."), Required, Values("In", "NotIn")]
    public string Operator { get; init; } = "";

    [Doc("Values to compare with."), Required, ListSet]
    public ValueList<int> Values { get; init; } = [];
}

public sealed record PodFailurePolicyOnPodConditionsPattern
{
    [Doc("Which of the possible kinds this is."), Required]
    public string Type { get; init; } = "";

    [Doc("What was observed last; written by the system."), AlwaysWritten]
    public string Status { get; init; } = "";
}

public sealed record SuccessPolicy
{
    [Doc("The rules."), Required]
    public ValueList<SuccessPolicyRule> Rules { get; init; } = [];
}

public sealed record SuccessPolicyRule
{
    [Doc("Indexes that must succeed."), Pointer]
    public string? SucceededIndexes { get; init; }

    [Doc("How many indexes must succeed.")]
    public int? SucceededCount { get; init; }
}

[Doc("What a Job was last seen to be.")]
public sealed record JobStatus
{
    public static readonly JobStatus Empty = new();

    [Doc("What holds of the object, and since when."), MergeKey("type"), PatchStrategy("merge")]
    public ValueList<JobCondition> Conditions { get; init; } = [];

    [Doc("When it was started.")]
    public DateTimeOffset? StartTime { get; init; }

    [Doc("When the job was completed.")]
    public DateTimeOffset? CompletionTime { get; init; }

    [Doc("Pods that have not ended.")]
    public int Active { get; init; }

    [Doc("Pods that ended well.")]
    public int Succeeded { get; init; }

    [Doc("Pods that failed.")]
    public int Failed { get; init; }

    [Doc("Pods that are being ended.")]
    public int? Terminating { get; init; }

    [Doc("Indexes that succeeded, as 1,3-5.")]
    public string? CompletedIndexes { get; init; }

    [Doc("Indexes that failed, as 1,3-5."), Pointer]
    public string? FailedIndexes { get; init; }

    [Doc("Ended pods that are not counted yet.")]
    public UncountedTerminatedPods? UncountedTerminatedPods { get; init; }

    [Doc("Pods that run and are ready.")]
    public int? Ready { get; init; }
}

[Doc("One thing that holds, or not, of a Job.")]
public sealed record JobCondition
{
    [Doc("What the condition is about, such as Complete."), Required]
    public string Type { get; init; } = "";

    [Doc("What was observed last; written by the system."), Required]
    public string Status { get; init; } = "";

    [Doc("When the condition was last checked.")]
    public DateTimeOffset? LastProbeTime { get; init; }

    [Doc("When the status last changed.")]
    public DateTimeOffset? LastTransitionTime { get; init; }

    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("Why, as a sentence for people.")]
    public string? Message { get; init; }
}

public sealed record UncountedTerminatedPods
{
    [Doc("Pods that ended well."), ListSet]
    public ValueList<string> Succeeded { get; init; } = [];

    [Doc("Pods that failed."), ListSet]
    public ValueList<string> Failed { get; init; } = [];
}
