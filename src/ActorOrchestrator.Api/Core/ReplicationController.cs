using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Api.Core;

[Doc("As many equal pods as are wanted; ReplicaSets are what took its place.")]
public sealed record ReplicationController() : KubeObject("v1", "ReplicationController")
{
    [Doc("What is wanted.")]
    public ReplicationControllerSpec Spec { get; init; } = ReplicationControllerSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public ReplicationControllerStatus Status { get; init; } = ReplicationControllerStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (ReplicationControllerStatus?)status ?? ReplicationControllerStatus.Empty };

    /// <summary>The same as the ReplicaSet that it would be: its selector is one of exact values, and it has no count
    /// of terminating pods.</summary>
    public ReplicaSet AsReplicaSet() => new()
    {
        Metadata = Metadata,
        Spec = new ReplicaSetSpec
        {
            Replicas = Spec.Replicas,
            MinReadySeconds = Spec.MinReadySeconds,
            Selector = new LabelSelector { MatchLabels = Spec.Selector },
            Template = Spec.Template ?? PodTemplateSpec.Empty,
        },
        Status = new ReplicaSetStatus
        {
            Replicas = Status.Replicas,
            FullyLabeledReplicas = Status.FullyLabeledReplicas,
            ReadyReplicas = Status.ReadyReplicas,
            AvailableReplicas = Status.AvailableReplicas,
            ObservedGeneration = Status.ObservedGeneration,
            Conditions = [.. Status.Conditions.Select(condition => condition.AsReplicaSets())],
        },
    };

    public ReplicationController With(ReplicaSetStatus status) => this with
    {
        Status = new ReplicationControllerStatus
        {
            Replicas = status.Replicas,
            FullyLabeledReplicas = status.FullyLabeledReplicas,
            ReadyReplicas = status.ReadyReplicas,
            AvailableReplicas = status.AvailableReplicas,
            ObservedGeneration = status.ObservedGeneration,
            Conditions = [.. status.Conditions.Select(ReplicationControllerCondition.Of)],
        },
    };
}

[Doc("What a replication controller is to be.")]
public sealed record ReplicationControllerSpec
{
    public static readonly ReplicationControllerSpec Empty = new();

    [Doc("How many pods are wanted.")]
    public int? Replicas { get; init; }

    [Doc("Seconds that a new pod must be ready before it counts as available.")]
    public int MinReadySeconds { get; init; }

    [Doc("Labels by which the object finds its pods."), Atomic]
    public ValueMap<string> Selector { get; init; } = ValueMap<string>.Empty;

    [Doc("What new pods look like.")]
    public PodTemplateSpec? Template { get; init; }
}

[Doc("What a ReplicationController was last seen to be.")]
public sealed record ReplicationControllerStatus
{
    public static readonly ReplicationControllerStatus Empty = new();

    [Doc("How many pods there are."), Required]
    public int Replicas { get; init; }

    [Doc("How many pods have all the template's labels.")]
    public int FullyLabeledReplicas { get; init; }

    [Doc("How many pods are ready.")]
    public int ReadyReplicas { get; init; }

    [Doc("How many pods have been ready for long enough.")]
    public int AvailableReplicas { get; init; }

    [Doc("Generation of the spec that this status is about.")]
    public long ObservedGeneration { get; init; }

    [Doc("What holds of the object, and since when."), MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<ReplicationControllerCondition> Conditions { get; init; } = [];
}

[Doc("One thing that holds, or not, of a ReplicationController.")]
public sealed record ReplicationControllerCondition
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

    internal static ReplicationControllerCondition Of(ReplicaSetCondition condition) => new()
    {
        Type = condition.Type,
        Status = condition.Status,
        LastTransitionTime = condition.LastTransitionTime,
        Reason = condition.Reason,
        Message = condition.Message,
    };

    internal ReplicaSetCondition AsReplicaSets() => new()
    {
        Type = Type, Status = Status, LastTransitionTime = LastTransitionTime, Reason = Reason, Message = Message,
    };
}
