namespace ActorOrchestrator.Api.Core;

public sealed record Volume
{
    [Required] public string Name { get; init; } = "";
    public HostPathVolumeSource? HostPath { get; init; }
    public EmptyDirVolumeSource? EmptyDir { get; init; }
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; init; }
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; init; }
    public GitRepoVolumeSource? GitRepo { get; init; }
    public SecretVolumeSource? Secret { get; init; }
    public NFSVolumeSource? Nfs { get; init; }
    public ISCSIVolumeSource? Iscsi { get; init; }
    public GlusterfsVolumeSource? Glusterfs { get; init; }
    public PersistentVolumeClaimVolumeSource? PersistentVolumeClaim { get; init; }
    public RBDVolumeSource? Rbd { get; init; }
    public FlexVolumeSource? FlexVolume { get; init; }
    public CinderVolumeSource? Cinder { get; init; }
    public CephFSVolumeSource? Cephfs { get; init; }
    public FlockerVolumeSource? Flocker { get; init; }
    public DownwardAPIVolumeSource? DownwardAPI { get; init; }
    public FCVolumeSource? Fc { get; init; }
    public AzureFileVolumeSource? AzureFile { get; init; }
    public ConfigMapVolumeSource? ConfigMap { get; init; }
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; init; }
    public QuobyteVolumeSource? Quobyte { get; init; }
    public AzureDiskVolumeSource? AzureDisk { get; init; }
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; init; }
    public ProjectedVolumeSource? Projected { get; init; }
    public PortworxVolumeSource? PortworxVolume { get; init; }
    public ScaleIOVolumeSource? ScaleIO { get; init; }
    public StorageOSVolumeSource? Storageos { get; init; }
    public CSIVolumeSource? Csi { get; init; }
    public EphemeralVolumeSource? Ephemeral { get; init; }
    public ImageVolumeSource? Image { get; init; }
}

public sealed record HostPathVolumeSource
{
    [Required] public string Path { get; init; } = "";
    [Pointer]
    [Values("", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice")]
    public string? Type { get; init; }
}

public sealed record EmptyDirVolumeSource
{
    public string? Medium { get; init; }
    public Quantity? SizeLimit { get; init; }
}

public sealed record SecretVolumeSource
{
    public string? SecretName { get; init; }
    public ValueList<KeyToPath> Items { get; init; } = [];
    public int? DefaultMode { get; init; }
    public bool? Optional { get; init; }
}

public sealed record ConfigMapVolumeSource
{
    public string? Name { get; init; }
    public ValueList<KeyToPath> Items { get; init; } = [];
    public int? DefaultMode { get; init; }
    public bool? Optional { get; init; }
}

public sealed record KeyToPath
{
    [Required] public string Key { get; init; } = "";
    [Required] public string Path { get; init; } = "";
    public int? Mode { get; init; }
}

public sealed record DownwardAPIVolumeSource
{
    public ValueList<DownwardAPIVolumeFile> Items { get; init; } = [];
    public int? DefaultMode { get; init; }
}

public sealed record DownwardAPIVolumeFile
{
    [Required] public string Path { get; init; } = "";
    public ObjectFieldSelector? FieldRef { get; init; }
    public ResourceFieldSelector? ResourceFieldRef { get; init; }
    public int? Mode { get; init; }
}

public sealed record PersistentVolumeClaimVolumeSource
{
    [Required] public string ClaimName { get; init; } = "";
    public bool ReadOnly { get; init; }
}

public sealed record EphemeralVolumeSource
{
    public PersistentVolumeClaimTemplate? VolumeClaimTemplate { get; init; }
}

public sealed record PersistentVolumeClaimTemplate
{
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;
    [Required] public PersistentVolumeClaimSpec Spec { get; init; } = PersistentVolumeClaimSpec.Empty;
}

public sealed record ImageVolumeSource
{
    public string? Reference { get; init; }
    [Values("Always", "Never", "IfNotPresent")] public string? PullPolicy { get; init; }
}
