namespace ActorOrchestrator.Api.Core;

public sealed record PersistentVolumeClaim() : KubeObject("v1", "PersistentVolumeClaim")
{
    public PersistentVolumeClaimSpec Spec { get; init; } = PersistentVolumeClaimSpec.Empty;
    public PersistentVolumeClaimStatus Status { get; init; } = PersistentVolumeClaimStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (PersistentVolumeClaimStatus?)status ?? PersistentVolumeClaimStatus.Empty };
}

public sealed record PersistentVolumeClaimSpec
{
    public static readonly PersistentVolumeClaimSpec Empty = new();
    [Values("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")]
    public ValueList<string> AccessModes { get; init; } = [];
    public LabelSelector? Selector { get; init; }
    public VolumeResourceRequirements Resources { get; init; } = VolumeResourceRequirements.Empty;
    public string? VolumeName { get; init; }
    [Pointer] public string? StorageClassName { get; init; }
    [Pointer, Values("Block", "Filesystem")] public string? VolumeMode { get; init; }
    public TypedLocalObjectReference? DataSource { get; init; }
    public TypedObjectReference? DataSourceRef { get; init; }
    [Pointer] public string? VolumeAttributesClassName { get; init; }
}

public sealed record VolumeResourceRequirements
{
    public static readonly VolumeResourceRequirements Empty = new();
    public ValueMap<Quantity> Limits { get; init; } = ValueMap<Quantity>.Empty;
    public ValueMap<Quantity> Requests { get; init; } = ValueMap<Quantity>.Empty;
}

public sealed record PersistentVolumeClaimStatus
{
    public static readonly PersistentVolumeClaimStatus Empty = new();
    [Values("Pending", "Bound", "Lost")] public string? Phase { get; init; }
    [Values("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")]
    public ValueList<string> AccessModes { get; init; } = [];
    public ValueMap<Quantity> Capacity { get; init; } = ValueMap<Quantity>.Empty;
    [MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<PersistentVolumeClaimCondition> Conditions { get; init; } = [];
    public ValueMap<Quantity> AllocatedResources { get; init; } = ValueMap<Quantity>.Empty;
    [Values("ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizePending",
        "NodeResizeInProgress", "NodeResizeInfeasible")]
    public ValueMap<string> AllocatedResourceStatuses { get; init; } = ValueMap<string>.Empty;
    [Pointer] public string? CurrentVolumeAttributesClassName { get; init; }
    public ModifyVolumeStatus? ModifyVolumeStatus { get; init; }
}

public sealed record PersistentVolumeClaimCondition
{
    [Required] public string Type { get; init; } = "";
    [Required] public string Status { get; init; } = "";
    public DateTimeOffset? LastProbeTime { get; init; }
    public DateTimeOffset? LastTransitionTime { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
}

public sealed record ModifyVolumeStatus
{
    public string? TargetVolumeAttributesClassName { get; init; }
    [Required, Values("Pending", "InProgress", "Infeasible")] public string Status { get; init; } = "";
}
