namespace ActorOrchestrator.Api.Core;

public sealed record PersistentVolume() : KubeObject("v1", "PersistentVolume")
{
    public PersistentVolumeSpec Spec { get; init; } = PersistentVolumeSpec.Empty;
    public PersistentVolumeStatus Status { get; init; } = PersistentVolumeStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (PersistentVolumeStatus?)status ?? PersistentVolumeStatus.Empty };
}

public sealed record PersistentVolumeSpec
{
    public static readonly PersistentVolumeSpec Empty = new();
    public ValueMap<Quantity> Capacity { get; init; } = ValueMap<Quantity>.Empty;
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; init; }
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; init; }
    public HostPathVolumeSource? HostPath { get; init; }
    public GlusterfsPersistentVolumeSource? Glusterfs { get; init; }
    public NFSVolumeSource? Nfs { get; init; }
    public RBDPersistentVolumeSource? Rbd { get; init; }
    public ISCSIPersistentVolumeSource? Iscsi { get; init; }
    public CinderPersistentVolumeSource? Cinder { get; init; }
    public CephFSPersistentVolumeSource? Cephfs { get; init; }
    public FCVolumeSource? Fc { get; init; }
    public FlockerVolumeSource? Flocker { get; init; }
    public FlexPersistentVolumeSource? FlexVolume { get; init; }
    public AzureFilePersistentVolumeSource? AzureFile { get; init; }
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; init; }
    public QuobyteVolumeSource? Quobyte { get; init; }
    public AzureDiskVolumeSource? AzureDisk { get; init; }
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; init; }
    public PortworxVolumeSource? PortworxVolume { get; init; }
    public ScaleIOPersistentVolumeSource? ScaleIO { get; init; }
    public LocalVolumeSource? Local { get; init; }
    public StorageOSPersistentVolumeSource? Storageos { get; init; }
    public CSIPersistentVolumeSource? Csi { get; init; }
    [Values("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")]
    public ValueList<string> AccessModes { get; init; } = [];
    public ObjectReference? ClaimRef { get; init; }
    [Values("Recycle", "Delete", "Retain")] public string? PersistentVolumeReclaimPolicy { get; init; }
    public string? StorageClassName { get; init; }
    public ValueList<string> MountOptions { get; init; } = [];
    [Pointer, Values("Block", "Filesystem")] public string? VolumeMode { get; init; }
    public VolumeNodeAffinity? NodeAffinity { get; init; }
    [Pointer] public string? VolumeAttributesClassName { get; init; }
}

public sealed record PersistentVolumeStatus
{
    public static readonly PersistentVolumeStatus Empty = new();
    [Values("Pending", "Available", "Bound", "Released", "Failed")] public string? Phase { get; init; }
    public string? Message { get; init; }
    public string? Reason { get; init; }
    public DateTimeOffset? LastPhaseTransitionTime { get; init; }
}

public sealed record VolumeNodeAffinity
{
    public NodeSelector? Required { get; init; }
}

[Atomic]
public sealed record SecretReference
{
    public string? Name { get; init; }
    public string? Namespace { get; init; }
}

public sealed record LocalVolumeSource
{
    [Required] public string Path { get; init; } = "";
    [Pointer] public string? FsType { get; init; }
}
