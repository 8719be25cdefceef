using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Apps;

[Doc("One pod on every suitable node.")]
public sealed record DaemonSet() : KubeObject("apps/v1", "DaemonSet")
{
    [Doc("What is wanted.")]
    public DaemonSetSpec Spec { get; init; } = DaemonSetSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public DaemonSetStatus Status { get; init; } = DaemonSetStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (DaemonSetStatus?)status ?? DaemonSetStatus.Empty };
}

[Doc("What a daemon set is to be.")]
public sealed record DaemonSetSpec
{
    public static readonly DaemonSetSpec Empty = new();

    [Doc("Labels by which the object finds its pods."), Required]
    public LabelSelector? Selector { get; init; }

    [Doc("What new pods look like."), Required]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;

    [Doc("How old pods are replaced.")]
    public DaemonSetUpdateStrategy UpdateStrategy { get; init; } = DaemonSetUpdateStrategy.Empty;

    [Doc("Seconds that a new pod must be ready before it counts as available.")]
    public int MinReadySeconds { get; init; }

    [Doc("How many old revisions are kept for a rollback.")]
    public int? RevisionHistoryLimit { get; init; }
}

public sealed record DaemonSetUpdateStrategy
{
    public static readonly DaemonSetUpdateStrategy Empty = new();

    [Doc("Which of the possible kinds this is."), Values("RollingUpdate", "OnDelete")]
    public string? Type { get; init; }

    [Doc("Bounds of a rolling update.")]
    public RollingUpdateDaemonSet? RollingUpdate { get; init; }
}

public sealed record RollingUpdateDaemonSet
{
    [Doc("How many pods, or what percentage, may be unavailable.")]
    public IntOrString? MaxUnavailable { get; init; }

    [Doc("How many pods, or what percentage, there may be beyond those wanted.")]
    public IntOrString? MaxSurge { get; init; }
}

[Doc("What a DaemonSet was last seen to be.")]
public sealed record DaemonSetStatus
{
    public static readonly DaemonSetStatus Empty = new();

    [Doc("Nodes that run a pod as they should."), Required]
    public int CurrentNumberScheduled { get; init; }

    [Doc("Nodes that run a pod and should not."), Required]
    public int NumberMisscheduled { get; init; }

    [Doc("Nodes that should run a pod."), Required]
    public int DesiredNumberScheduled { get; init; }

    [Doc("Nodes whose pod is ready."), Required]
    public int NumberReady { get; init; }

    [Doc("Generation of the spec that this status is about.")]
    public long ObservedGeneration { get; init; }

    [Doc("Nodes whose pod is of the current template.")]
    public int UpdatedNumberScheduled { get; init; }

    [Doc("Nodes whose pod has been ready for long enough.")]
    public int NumberAvailable { get; init; }

    [Doc("Nodes whose pod is still missing.")]
    public int NumberUnavailable { get; init; }

    [Doc("How often a hash of the template was already taken.")]
    public int? CollisionCount { get; init; }

    [Doc("What holds of the object, and since when."), MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<DaemonSetCondition> Conditions { get; init; } = [];
}

[Doc("One thing that holds, or not, of a DaemonSet.")]
public sealed record DaemonSetCondition
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

[Doc("A recorded state of a controller's template.")]
public sealed record ControllerRevision() : KubeObject("apps/v1", "ControllerRevision")
{
    [Doc("The recorded state.")]
    public RawJson? Data { get; init; }

    [Doc("Number of the revision."), Required]
    public long Revision { get; init; }
}
