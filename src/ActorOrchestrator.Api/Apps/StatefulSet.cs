using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Apps;

public sealed record StatefulSet() : KubeObject("apps/v1", "StatefulSet")
{
    public StatefulSetSpec Spec { get; init; } = StatefulSetSpec.Empty;
    public StatefulSetStatus Status { get; init; } = StatefulSetStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (StatefulSetStatus?)status ?? StatefulSetStatus.Empty };
}

public sealed record StatefulSetSpec
{
    public static readonly StatefulSetSpec Empty = new();
    public int? Replicas { get; init; }
    [Required] public LabelSelector? Selector { get; init; }
    [Required] public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;
    public ValueList<PersistentVolumeClaim> VolumeClaimTemplates { get; init; } = [];
    [AlwaysWritten] public string ServiceName { get; init; } = "";
    [Values("OrderedReady", "Parallel")] public string? PodManagementPolicy { get; init; }
    public StatefulSetUpdateStrategy UpdateStrategy { get; init; } = StatefulSetUpdateStrategy.Empty;
    public int? RevisionHistoryLimit { get; init; }
    public int MinReadySeconds { get; init; }
    public StatefulSetPersistentVolumeClaimRetentionPolicy? PersistentVolumeClaimRetentionPolicy { get; init; }
    public StatefulSetOrdinals? Ordinals { get; init; }
}

public sealed record StatefulSetUpdateStrategy
{
    public static readonly StatefulSetUpdateStrategy Empty = new();
    [Values("RollingUpdate", "OnDelete")] public string? Type { get; init; }
    public RollingUpdateStatefulSetStrategy? RollingUpdate { get; init; }
}

public sealed record RollingUpdateStatefulSetStrategy
{
    public int? Partition { get; init; }
    public IntOrString? MaxUnavailable { get; init; }
}

public sealed record StatefulSetPersistentVolumeClaimRetentionPolicy
{
    public string? WhenDeleted { get; init; }
    public string? WhenScaled { get; init; }
}

public sealed record StatefulSetOrdinals
{
    [AlwaysWritten] public int Start { get; init; }
}

public sealed record StatefulSetStatus
{
    public static readonly StatefulSetStatus Empty = new();
    public long ObservedGeneration { get; init; }
    [Required] public int Replicas { get; init; }
    public int ReadyReplicas { get; init; }
    public int CurrentReplicas { get; init; }
    public int UpdatedReplicas { get; init; }
    public string? CurrentRevision { get; init; }
    public string? UpdateRevision { get; init; }
    public int? CollisionCount { get; init; }
    [MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<StatefulSetCondition> Conditions { get; init; } = [];
    [AlwaysWritten] public int AvailableReplicas { get; init; }
}

public sealed record StatefulSetCondition
{
    [Required] public string Type { get; init; } = "";
    [Required] public string Status { get; init; } = "";
    public DateTimeOffset? LastTransitionTime { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
}
