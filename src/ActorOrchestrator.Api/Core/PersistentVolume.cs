namespace ActorOrchestrator.Api.Core;

[Doc("A piece of storage in the cluster.")]
public sealed record PersistentVolume() : KubeObject("v1", "PersistentVolume")
{
    [Doc("What is wanted.")]
    public PersistentVolumeSpec Spec { get; init; } = PersistentVolumeSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public PersistentVolumeStatus Status { get; init; } = PersistentVolumeStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (PersistentVolumeStatus?)status ?? PersistentVolumeStatus.Empty };
}

[Doc("What is wanted of a PersistentVolume.")]
public sealed record PersistentVolumeSpec
{
    public static readonly PersistentVolumeSpec Empty = new();

    [Doc("Amounts that there are in all.")]
    public ValueMap<Quantity> Capacity { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("Disk of Google Compute Engine.")]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; init; }

    [Doc("Disk of AWS.")]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; init; }

    [Doc("File or directory of the node.")]
    public HostPathVolumeSource? HostPath { get; init; }

    [Doc("GlusterFS volume.")]
    public GlusterfsPersistentVolumeSource? Glusterfs { get; init; }

    [Doc("Directory of an NFS server.")]
    public NFSVolumeSource? Nfs { get; init; }

    [Doc("Ceph block device.")]
    public RBDPersistentVolumeSource? Rbd { get; init; }

    [Doc("iSCSI disk.")]
    public ISCSIPersistentVolumeSource? Iscsi { get; init; }

    [Doc("Disk of OpenStack Cinder.")]
    public CinderPersistentVolumeSource? Cinder { get; init; }

    [Doc("CephFS directory.")]
    public CephFSPersistentVolumeSource? Cephfs { get; init; }

    [Doc("Fibre Channel disk.")]
    public FCVolumeSource? Fc { get; init; }

    [Doc("Flocker dataset.")]
    public FlockerVolumeSource? Flocker { get; init; }

    [Doc("Volume of a FlexVolume driver.")]
    public FlexPersistentVolumeSource? FlexVolume { get; init; }

    [Doc("Azure file share.")]
    public AzureFilePersistentVolumeSource? AzureFile { get; init; }

    [Doc("vSphere disk.")]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; init; }

    [Doc("Quobyte volume.")]
    public QuobyteVolumeSource? Quobyte { get; init; }

    [Doc("Azure disk.")]
    public AzureDiskVolumeSource? AzureDisk { get; init; }

    [Doc("Photon Controller disk.")]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; init; }

    [Doc("Portworx volume.")]
    public PortworxVolumeSource? PortworxVolume { get; init; }

    [Doc("ScaleIO volume.")]
    public ScaleIOPersistentVolumeSource? ScaleIO { get; init; }

    [Doc("Disk of a node.")]
    public LocalVolumeSource? Local { get; init; }

    [Doc("StorageOS volume.")]
    public StorageOSPersistentVolumeSource? Storageos { get; init; }

    [Doc("Volume of a CSI driver.")]
    public CSIPersistentVolumeSource? Csi { get; init; }

    [Doc("Ways in which the volume can be mounted.")]
    [Values("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")]
    public ValueList<string> AccessModes { get; init; } = [];

    [Doc("Claim that the volume is bound to.")]
    public ObjectReference? ClaimRef { get; init; }

    [Doc("What becomes of the volume when its claim is gone."), Values("Recycle", "Delete", "Retain")]
    public string? PersistentVolumeReclaimPolicy { get; init; }

    [Doc("Storage class that is asked for; empty for none.")]
    public string? StorageClassName { get; init; }

    [Doc("Options to mount with.")]
    public ValueList<string> MountOptions { get; init; } = [];

    [Doc("Whether it is a filesystem or a block device."), Pointer, Values("Block", "Filesystem")]
    public string? VolumeMode { get; init; }

    [Doc("Nodes that are suitable.")]
    public VolumeNodeAffinity? NodeAffinity { get; init; }

    [Doc("Class of the volume's attributes."), Pointer]
    public string? VolumeAttributesClassName { get; init; }
}

[Doc("What a PersistentVolume was last seen to be.")]
public sealed record PersistentVolumeStatus
{
    public static readonly PersistentVolumeStatus Empty = new();

    [Doc("Where in its life the object is, in one word.")]
    [Values("Pending", "Available", "Bound", "Released", "Failed")]
    public string? Phase { get; init; }

    [Doc("Why, as a sentence for people.")]
    public string? Message { get; init; }

    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("When the phase last changed.")]
    public DateTimeOffset? LastPhaseTransitionTime { get; init; }
}

public sealed record VolumeNodeAffinity
{
    [Doc("What must hold.")]
    public NodeSelector? Required { get; init; }
}

[Atomic]
public sealed record SecretReference
{
    [Doc("Name of the object that is meant.")]
    public string? Name { get; init; }

    [Doc("Namespace of the object that is meant.")]
    public string? Namespace { get; init; }
}

public sealed record LocalVolumeSource
{
    [Doc("Path of the file or directory."), Required]
    public string Path { get; init; } = "";

    [Doc("Filesystem of the volume, such as ext4."), Pointer]
    public string? FsType { get; init; }
}
