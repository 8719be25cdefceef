using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Apps;

[Doc("As many equal pods as are wanted.")]
public sealed record ReplicaSet() : KubeObject("apps/v1", "ReplicaSet")
{
    [Doc("What is wanted.")]
    public ReplicaSetSpec Spec { get; init; } = ReplicaSetSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public ReplicaSetStatus Status { get; init; } = ReplicaSetStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (ReplicaSetStatus?)status ?? ReplicaSetStatus.Empty };
}

[Doc("What a replica set is to be.")]
public sealed record ReplicaSetSpec
{
    public static readonly ReplicaSetSpec Empty = new();

    [Doc("How many pods are wanted.")]
    public int? Replicas { get; init; }

    [Doc("Seconds that a new pod must be ready before it counts as available.")]
    public int MinReadySeconds { get; init; }

    [Doc("Labels by which the object finds its pods."), Required]
    public LabelSelector? Selector { get; init; }

    [Doc("What new pods look like.")]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;
}

[Doc("What a ReplicaSet was last seen to be.")]
public sealed record ReplicaSetStatus
{
    public static readonly ReplicaSetStatus Empty = new();

    [Doc("How many pods there are."), Required]
    public int Replicas { get; init; }

    [Doc("How many pods have all the template's labels.")]
    public int FullyLabeledReplicas { get; init; }

    [Doc("How many pods are ready.")]
    public int ReadyReplicas { get; init; }

    [Doc("How many pods have been ready for long enough.")]
    public int AvailableReplicas { get; init; }

    [Doc("How many pods are being ended.")]
    public int? TerminatingReplicas { get; init; }

    [Doc("Generation of the spec that this status is about.")]
    public long ObservedGeneration { get; init; }

    [Doc("What holds of the object, and since when."), MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<ReplicaSetCondition> Conditions { get; init; } = [];
}

[Doc("One thing that holds, or not, of a ReplicaSet.")]
public sealed record ReplicaSetCondition
{
    [Doc("Which of the possible kinds this is."), Required]
    public string Type { get; init; } = "";

    [Doc("What was observed last; written by the system."), Required]
    public string Status { get; init; } = "";

    [Doc("When the status last changed.")]
    public DateTimeOffset? LastTransitionTime { get; init; }

    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("Why, as a sentence for people.")]
    public string? Message { get; init; }
}
