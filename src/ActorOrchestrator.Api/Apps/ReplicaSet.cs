using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Apps;

public sealed record ReplicaSet() : KubeObject("apps/v1", "ReplicaSet")
{
    public ReplicaSetSpec Spec { get; init; } = ReplicaSetSpec.Empty;
    public ReplicaSetStatus Status { get; init; } = ReplicaSetStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (ReplicaSetStatus?)status ?? ReplicaSetStatus.Empty };
}

public sealed record ReplicaSetSpec
{
    public static readonly ReplicaSetSpec Empty = new();
    public int? Replicas { get; init; }
    public int MinReadySeconds { get; init; }
    [Required] public LabelSelector? Selector { get; init; }
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;
}

public sealed record ReplicaSetStatus
{
    public static readonly ReplicaSetStatus Empty = new();
    [Required] public int Replicas { get; init; }
    public int FullyLabeledReplicas { get; init; }
    public int ReadyReplicas { get; init; }
    public int AvailableReplicas { get; init; }
    public int? TerminatingReplicas { get; init; }
    public long ObservedGeneration { get; init; }
    [MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<ReplicaSetCondition> Conditions { get; init; } = [];
}

public sealed record ReplicaSetCondition
{
    [Required] public string Type { get; init; } = "";
    [Required] public string Status { get; init; } = "";
    public DateTimeOffset? LastTransitionTime { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
}
