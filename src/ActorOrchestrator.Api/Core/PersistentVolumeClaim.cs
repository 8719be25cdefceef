namespace ActorOrchestrator.Api.Core;

[Doc("A request for a piece of storage.")]
public sealed record PersistentVolumeClaim() : KubeObject("v1", "PersistentVolumeClaim")
{
    [Doc("What is wanted.")]
    public PersistentVolumeClaimSpec Spec { get; init; } = PersistentVolumeClaimSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public PersistentVolumeClaimStatus Status { get; init; } = PersistentVolumeClaimStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (PersistentVolumeClaimStatus?)status ?? PersistentVolumeClaimStatus.Empty };
}

[Doc("What is wanted of a PersistentVolumeClaim.")]
public sealed record PersistentVolumeClaimSpec
{
    public static readonly PersistentVolumeClaimSpec Empty = new();

    [Doc("Ways in which the volume can be mounted.")]
    [Values("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")]
    public ValueList<string> AccessModes { get; init; } = [];

    [Doc("Labels of volumes that suit.")]
    public LabelSelector? Selector { get; init; }

    [Doc("Resources that are asked for.")]
    public VolumeResourceRequirements Resources { get; init; } = VolumeResourceRequirements.Empty;

    [Doc("Volume that the claim is bound to.")]
    public string? VolumeName { get; init; }

    [Doc("Storage class that is asked for; empty for none."), Pointer]
    public string? StorageClassName { get; init; }

    [Doc("Whether it is a filesystem or a block device."), Pointer, Values("Block", "Filesystem")]
    public string? VolumeMode { get; init; }

    [Doc("What the volume is filled with.")]
    public TypedLocalObjectReference? DataSource { get; init; }

    [Doc("What the volume is filled with, of any kind.")]
    public TypedObjectReference? DataSourceRef { get; init; }

    [Doc("Class of the volume's attributes."), Pointer]
    public string? VolumeAttributesClassName { get; init; }
}

public sealed record VolumeResourceRequirements
{
    public static readonly VolumeResourceRequirements Empty = new();

    [Doc("The most that may be used.")]
    public ValueMap<Quantity> Limits { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("The least that is set aside.")]
    public ValueMap<Quantity> Requests { get; init; } = ValueMap<Quantity>.Empty;
}

[Doc("What a PersistentVolumeClaim was last seen to be.")]
public sealed record PersistentVolumeClaimStatus
{
    public static readonly PersistentVolumeClaimStatus Empty = new();

    [Doc("Where in its life the object is, in one word."), Values("Pending", "Bound", "Lost")]
    public string? Phase { get; init; }

    [Doc("Ways in which the volume can be mounted.")]
    [Values("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")]
    public ValueList<string> AccessModes { get; init; } = [];

    [Doc("Amounts that there are in all.")]
    public ValueMap<Quantity> Capacity { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("What holds of the object, and since when."), MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<PersistentVolumeClaimCondition> Conditions { get; init; } = [];

    [Doc("Resources that were set aside.")]
    public ValueMap<Quantity> AllocatedResources { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("State of a change of size.")]
    [Values("ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizePending",
        "NodeResizeInProgress", "NodeResizeInfeasible")]
    public ValueMap<string> AllocatedResourceStatuses { get; init; } = ValueMap<string>.Empty;

    [Doc("Class of attributes that the volume has."), Pointer]
    public string? CurrentVolumeAttributesClassName { get; init; }

    [Doc("State of a change of attributes.")]
    public ModifyVolumeStatus? ModifyVolumeStatus { get; init; }
}

[Doc("One thing that holds, or not, of a PersistentVolumeClaim.")]
public sealed record PersistentVolumeClaimCondition
{
    [Doc("Which of the possible kinds this is."), Required]
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

[Doc("What a ModifyVolume was last seen to be.")]
public sealed record ModifyVolumeStatus
{
    [Doc("Class of attributes that is being applied.")]
    public string? TargetVolumeAttributesClassName { get; init; }

    [Doc("What was observed last; written by the system."), Required, Values("Pending", "InProgress", "Infeasible")]
    public string Status { get; init; } = "";
}
