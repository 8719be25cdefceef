using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Apps;

public sealed record DaemonSet() : KubeObject("apps/v1", "DaemonSet")
{
    public DaemonSetSpec Spec { get; init; } = DaemonSetSpec.Empty;
    public DaemonSetStatus Status { get; init; } = DaemonSetStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (DaemonSetStatus?)status ?? DaemonSetStatus.Empty };
}

public sealed record DaemonSetSpec
{
    public static readonly DaemonSetSpec Empty = new();
    [Required] public LabelSelector? Selector { get; init; }
    [Required] public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;
    public DaemonSetUpdateStrategy UpdateStrategy { get; init; } = DaemonSetUpdateStrategy.Empty;
    public int MinReadySeconds { get; init; }
    public int? RevisionHistoryLimit { get; init; }
}

public sealed record DaemonSetUpdateStrategy
{
    public static readonly DaemonSetUpdateStrategy Empty = new();
    [Values("RollingUpdate", "OnDelete")] public string? Type { get; init; }
    public RollingUpdateDaemonSet? RollingUpdate { get; init; }
}

public sealed record RollingUpdateDaemonSet
{
    public IntOrString? MaxUnavailable { get; init; }
    public IntOrString? MaxSurge { get; init; }
}

public sealed record DaemonSetStatus
{
    public static readonly DaemonSetStatus Empty = new();
    [Required] public int CurrentNumberScheduled { get; init; }
    [Required] public int NumberMisscheduled { get; init; }
    [Required] public int DesiredNumberScheduled { get; init; }
    [Required] public int NumberReady { get; init; }
    public long ObservedGeneration { get; init; }
    public int UpdatedNumberScheduled { get; init; }
    public int NumberAvailable { get; init; }
    public int NumberUnavailable { get; init; }
    public int? CollisionCount { get; init; }
    [MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<DaemonSetCondition> Conditions { get; init; } = [];
}

public sealed record DaemonSetCondition
{
    [Required] public string Type { get; init; } = "";
    [Required] public string Status { get; init; } = "";
    public DateTimeOffset? LastTransitionTime { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
}

public sealed record ControllerRevision() : KubeObject("apps/v1", "ControllerRevision")
{
    public RawJson? Data { get; init; }
    [Required] public long Revision { get; init; }
}
