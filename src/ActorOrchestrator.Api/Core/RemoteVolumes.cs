namespace ActorOrchestrator.Api.Core;

public sealed record NFSVolumeSource
{
    [Required] public string Server { get; init; } = "";
    [Required] public string Path { get; init; } = "";
    public bool ReadOnly { get; init; }
}

public sealed record ISCSIVolumeSource
{
    [Required] public string TargetPortal { get; init; } = "";
    [Required] public string Iqn { get; init; } = "";
    [Required] public int Lun { get; init; }
    public string? IscsiInterface { get; init; }
    public string? FsType { get; init; }
    public bool ReadOnly { get; init; }
    public ValueList<string> Portals { get; init; } = [];
    public bool ChapAuthDiscovery { get; init; }
    public bool ChapAuthSession { get; init; }
    public LocalObjectReference? SecretRef { get; init; }
    [Pointer] public string? InitiatorName { get; init; }
}

public sealed record CSIVolumeSource
{
    [Required] public string Driver { get; init; } = "";
    public bool? ReadOnly { get; init; }
    [Pointer] public string? FsType { get; init; }
    public ValueMap<string> VolumeAttributes { get; init; } = ValueMap<string>.Empty;
    public LocalObjectReference? NodePublishSecretRef { get; init; }
}

public sealed record FCVolumeSource
{
    public ValueList<string> TargetWWNs { get; init; } = [];
    public int? Lun { get; init; }
    public string? FsType { get; init; }
    public bool ReadOnly { get; init; }
    public ValueList<string> Wwids { get; init; } = [];
}

public sealed record CephFSVolumeSource
{
    [Required] public ValueList<string> Monitors { get; init; } = [];
    public string? Path { get; init; }
    public string? User { get; init; }
    public string? SecretFile { get; init; }
    public LocalObjectReference? SecretRef { get; init; }
    public bool ReadOnly { get; init; }
}

public sealed record RBDVolumeSource
{
    [Required] public ValueList<string> Monitors { get; init; } = [];
    [Required] public string Image { get; init; } = "";
    public string? FsType { get; init; }
    public string? Pool { get; init; }
    public string? User { get; init; }
    public string? Keyring { get; init; }
    public LocalObjectReference? SecretRef { get; init; }
    public bool ReadOnly { get; init; }
}

public sealed record CinderVolumeSource
{
    [Required] public string VolumeID { get; init; } = "";
    public string? FsType { get; init; }
    public bool ReadOnly { get; init; }
    public LocalObjectReference? SecretRef { get; init; }
}

public sealed record AzureFileVolumeSource
{
    [Required] public string SecretName { get; init; } = "";
    [Required] public string ShareName { get; init; } = "";
    public bool ReadOnly { get; init; }
}

public sealed record AzureDiskVolumeSource
{
    [Required] public string DiskName { get; init; } = "";
    [Required] public string DiskURI { get; init; } = "";
    [Pointer, Values("None", "ReadOnly", "ReadWrite")] public string? CachingMode { get; init; }
    [Pointer] public string? FsType { get; init; }
    public bool? ReadOnly { get; init; }
    [Pointer, Values("Shared", "Dedicated", "Managed")] public string? Kind { get; init; }
}

public sealed record GCEPersistentDiskVolumeSource
{
    [Required] public string PdName { get; init; } = "";
    public string? FsType { get; init; }
    public int Partition { get; init; }
    public bool ReadOnly { get; init; }
}

public sealed record AWSElasticBlockStoreVolumeSource
{
    [Required] public string VolumeID { get; init; } = "";
    public string? FsType { get; init; }
    public int Partition { get; init; }
    public bool ReadOnly { get; init; }
}

public sealed record VsphereVirtualDiskVolumeSource
{
    [Required] public string VolumePath { get; init; } = "";
    public string? FsType { get; init; }
    public string? StoragePolicyName { get; init; }
    public string? StoragePolicyID { get; init; }
}

[Atomic]
public sealed record LocalObjectReference
{
    public string? Name { get; init; }
}

[Atomic]
public sealed record TypedLocalObjectReference
{
    [AlwaysWritten, Pointer] public string? ApiGroup { get; init; }
    [Required] public string Kind { get; init; } = "";
    [Required] public string Name { get; init; } = "";
}

public sealed record TypedObjectReference
{
    [AlwaysWritten, Pointer] public string? ApiGroup { get; init; }
    [Required] public string Kind { get; init; } = "";
    [Required] public string Name { get; init; } = "";
    [Pointer] public string? Namespace { get; init; }
}
