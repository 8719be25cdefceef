namespace ActorOrchestrator.Api.Core;

[Doc("Files that a pod's containers can mount.")]
public sealed record Volume
{
    [Doc("Name of the volume, unique in its pod."), Required]
    public string Name { get; init; } = "";

    [Doc("File or directory of the node.")]
    public HostPathVolumeSource? HostPath { get; init; }

    [Doc("Directory that lives as long as the pod.")]
    public EmptyDirVolumeSource? EmptyDir { get; init; }

    [Doc("Disk of Google Compute Engine.")]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; init; }

    [Doc("Disk of AWS.")]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; init; }

    [Doc("Clone of a git repository; no longer supported.")]
    public GitRepoVolumeSource? GitRepo { get; init; }

    [Doc("A Secret's entries as files.")]
    public SecretVolumeSource? Secret { get; init; }

    [Doc("Directory of an NFS server.")]
    public NFSVolumeSource? Nfs { get; init; }

    [Doc("iSCSI disk.")]
    public ISCSIVolumeSource? Iscsi { get; init; }

    [Doc("GlusterFS volume.")]
    public GlusterfsVolumeSource? Glusterfs { get; init; }

    [Doc("Volume that a claim is bound to.")]
    public PersistentVolumeClaimVolumeSource? PersistentVolumeClaim { get; init; }

    [Doc("Ceph block device.")]
    public RBDVolumeSource? Rbd { get; init; }

    [Doc("Volume of a FlexVolume driver.")]
    public FlexVolumeSource? FlexVolume { get; init; }

    [Doc("Disk of OpenStack Cinder.")]
    public CinderVolumeSource? Cinder { get; init; }

    [Doc("CephFS directory.")]
    public CephFSVolumeSource? Cephfs { get; init; }

    [Doc("Flocker dataset.")]
    public FlockerVolumeSource? Flocker { get; init; }

    [Doc("Facts about the pod as files.")]
    public DownwardAPIVolumeSource? DownwardAPI { get; init; }

    [Doc("Fibre Channel disk.")]
    public FCVolumeSource? Fc { get; init; }

    [Doc("Azure file share.")]
    public AzureFileVolumeSource? AzureFile { get; init; }

    [Doc("A ConfigMap's entries as files.")]
    public ConfigMapVolumeSource? ConfigMap { get; init; }

    [Doc("vSphere disk.")]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; init; }

    [Doc("Quobyte volume.")]
    public QuobyteVolumeSource? Quobyte { get; init; }

    [Doc("Azure disk.")]
    public AzureDiskVolumeSource? AzureDisk { get; init; }

    [Doc("Photon Controller disk.")]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; init; }

    [Doc("Several sources in one directory.")]
    public ProjectedVolumeSource? Projected { get; init; }

    [Doc("Portworx volume.")]
    public PortworxVolumeSource? PortworxVolume { get; init; }

    [Doc("ScaleIO volume.")]
    public ScaleIOVolumeSource? ScaleIO { get; init; }

    [Doc("StorageOS volume.")]
    public StorageOSVolumeSource? Storageos { get; init; }

    [Doc("Volume of a CSI driver.")]
    public CSIVolumeSource? Csi { get; init; }

    [Doc("Volume made for the pod and removed with it.")]
    public EphemeralVolumeSource? Ephemeral { get; init; }

    [Doc("Image reference.")]
    public ImageVolumeSource? Image { get; init; }
}

public sealed record HostPathVolumeSource
{
    [Doc("Path on the node."), Required]
    public string Path { get; init; } = "";

    [Doc("What must be there, such as Directory or FileOrCreate."), Pointer]
    [Values("", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice")]
    public string? Type { get; init; }
}

public sealed record EmptyDirVolumeSource
{
    [Doc("Where it is stored: empty for disk, or Memory.")]
    public string? Medium { get; init; }

    [Doc("Most that the directory may hold.")]
    public Quantity? SizeLimit { get; init; }
}

public sealed record SecretVolumeSource
{
    [Doc("Name of the secret.")]
    public string? SecretName { get; init; }

    [Doc("Which entries to take, and under which names.")]
    public ValueList<KeyToPath> Items { get; init; } = [];

    [Doc("Permission bits of files that set none of their own.")]
    public int? DefaultMode { get; init; }

    [Doc("Whether it may be missing.")]
    public bool? Optional { get; init; }
}

public sealed record ConfigMapVolumeSource
{
    [Doc("Name of the object that is meant.")]
    public string? Name { get; init; }

    [Doc("Which entries to take, and under which names.")]
    public ValueList<KeyToPath> Items { get; init; } = [];

    [Doc("Permission bits of files that set none of their own.")]
    public int? DefaultMode { get; init; }

    [Doc("Whether it may be missing.")]
    public bool? Optional { get; init; }
}

public sealed record KeyToPath
{
    [Doc("Key to look up."), Required]
    public string Key { get; init; } = "";

    [Doc("Path of the file inside the volume."), Required]
    public string Path { get; init; } = "";

    [Doc("Permission bits of the file.")]
    public int? Mode { get; init; }
}

public sealed record DownwardAPIVolumeSource
{
    [Doc("Which entries to take, and under which names.")]
    public ValueList<DownwardAPIVolumeFile> Items { get; init; } = [];

    [Doc("Permission bits of files that set none of their own.")]
    public int? DefaultMode { get; init; }
}

public sealed record DownwardAPIVolumeFile
{
    [Doc("Path of the file or directory."), Required]
    public string Path { get; init; } = "";

    [Doc("Field of the pod to take the value from.")]
    public ObjectFieldSelector? FieldRef { get; init; }

    [Doc("Resource of a container to take the value from.")]
    public ResourceFieldSelector? ResourceFieldRef { get; init; }

    [Doc("Permission bits of the file.")]
    public int? Mode { get; init; }
}

public sealed record PersistentVolumeClaimVolumeSource
{
    [Doc("Name of the claim."), Required]
    public string ClaimName { get; init; } = "";

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }
}

public sealed record EphemeralVolumeSource
{
    [Doc("What the claim looks like.")]
    public PersistentVolumeClaimTemplate? VolumeClaimTemplate { get; init; }
}

public sealed record PersistentVolumeClaimTemplate
{
    [Doc("Name, labels and the rest of what every object has.")]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Doc("What is wanted."), Required]
    public PersistentVolumeClaimSpec Spec { get; init; } = PersistentVolumeClaimSpec.Empty;
}

public sealed record ImageVolumeSource
{
    [Doc("Image reference.")]
    public string? Reference { get; init; }

    [Doc("When to pull the image."), Values("Always", "Never", "IfNotPresent")]
    public string? PullPolicy { get; init; }
}
