namespace ActorOrchestrator.Api.Core;

public sealed record NFSVolumeSource
{
    [Doc("Name or address of the server."), Required]
    public string Server { get; init; } = "";

    [Doc("Path of the file or directory."), Required]
    public string Path { get; init; } = "";

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }
}

public sealed record ISCSIVolumeSource
{
    [Doc("Address of the iSCSI target."), Required]
    public string TargetPortal { get; init; } = "";

    [Doc("Qualified name of the iSCSI target."), Required]
    public string Iqn { get; init; } = "";

    [Doc("Logical unit number."), Required]
    public int Lun { get; init; }

    [Doc("Interface that the initiator uses.")]
    public string? IscsiInterface { get; init; }

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }

    [Doc("Further addresses of the target.")]
    public ValueList<string> Portals { get; init; } = [];

    [Doc("Whether discovery authenticates by CHAP.")]
    public bool ChapAuthDiscovery { get; init; }

    [Doc("Whether sessions authenticate by CHAP.")]
    public bool ChapAuthSession { get; init; }

    [Doc("Secret that holds what is needed to log in.")]
    public LocalObjectReference? SecretRef { get; init; }

    [Doc("Name of the initiator."), Pointer]
    public string? InitiatorName { get; init; }
}

public sealed record CSIVolumeSource
{
    [Doc("Name of the driver."), Required]
    public string Driver { get; init; } = "";

    [Doc("Whether the volume is mounted read-only.")]
    public bool? ReadOnly { get; init; }

    [Doc("Filesystem of the volume, such as ext4."), Pointer]
    public string? FsType { get; init; }

    [Doc("Attributes that are passed to the driver.")]
    public ValueMap<string> VolumeAttributes { get; init; } = ValueMap<string>.Empty;

    [Doc("Secret that the driver mounts the volume with.")]
    public LocalObjectReference? NodePublishSecretRef { get; init; }
}

public sealed record FCVolumeSource
{
    [Doc("World wide names of the targets.")]
    public ValueList<string> TargetWWNs { get; init; } = [];

    [Doc("Logical unit number.")]
    public int? Lun { get; init; }

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }

    [Doc("World wide ids of the volume.")]
    public ValueList<string> Wwids { get; init; } = [];
}

public sealed record CephFSVolumeSource
{
    [Doc("Addresses of the storage cluster's monitors."), Required]
    public ValueList<string> Monitors { get; init; } = [];

    [Doc("Path of the file or directory.")]
    public string? Path { get; init; }

    [Doc("User to act as.")]
    public string? User { get; init; }

    [Doc("File with the key.")]
    public string? SecretFile { get; init; }

    [Doc("Secret that holds what is needed to log in.")]
    public LocalObjectReference? SecretRef { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }
}

public sealed record RBDVolumeSource
{
    [Doc("Addresses of the storage cluster's monitors."), Required]
    public ValueList<string> Monitors { get; init; } = [];

    [Doc("Image reference."), Required]
    public string Image { get; init; } = "";

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }

    [Doc("Pool of the storage cluster.")]
    public string? Pool { get; init; }

    [Doc("User to act as.")]
    public string? User { get; init; }

    [Doc("File with the key ring.")]
    public string? Keyring { get; init; }

    [Doc("Secret that holds what is needed to log in.")]
    public LocalObjectReference? SecretRef { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }
}

public sealed record CinderVolumeSource
{
    [Doc("Identifier of the volume at its provider."), Required]
    public string VolumeID { get; init; } = "";

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }

    [Doc("Secret that holds what is needed to log in.")]
    public LocalObjectReference? SecretRef { get; init; }
}

public sealed record AzureFileVolumeSource
{
    [Doc("Name of the secret."), Required]
    public string SecretName { get; init; } = "";

    [Doc("Name of the share."), Required]
    public string ShareName { get; init; } = "";

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }
}

public sealed record AzureDiskVolumeSource
{
    [Doc("Name of the disk."), Required]
    public string DiskName { get; init; } = "";

    [Doc("URI of the disk."), Required]
    public string DiskURI { get; init; } = "";

    [Doc("How the host caches."), Pointer, Values("None", "ReadOnly", "ReadWrite")]
    public string? CachingMode { get; init; }

    [Doc("Filesystem of the volume, such as ext4."), Pointer]
    public string? FsType { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool? ReadOnly { get; init; }

    [Doc("Kind of the object that is meant."), Pointer, Values("Shared", "Dedicated", "Managed")]
    public string? Kind { get; init; }
}

public sealed record GCEPersistentDiskVolumeSource
{
    [Doc("Name of the disk."), Required]
    public string PdName { get; init; } = "";

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }

    [Doc("Partition of the disk; 0 for the whole.")]
    public int Partition { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }
}

public sealed record AWSElasticBlockStoreVolumeSource
{
    [Doc("Identifier of the volume at its provider."), Required]
    public string VolumeID { get; init; } = "";

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }

    [Doc("Partition of the disk; 0 for the whole.")]
    public int Partition { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }
}

public sealed record VsphereVirtualDiskVolumeSource
{
    [Doc("Path of the disk."), Required]
    public string VolumePath { get; init; } = "";

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }

    [Doc("Name of the storage policy.")]
    public string? StoragePolicyName { get; init; }

    [Doc("Id of the storage policy.")]
    public string? StoragePolicyID { get; init; }
}

[Atomic]
public sealed record LocalObjectReference
{
    [Doc("Name of the object that is meant.")]
    public string? Name { get; init; }
}

[Atomic]
public sealed record TypedLocalObjectReference
{
    [Doc("API group of the object that is meant."), AlwaysWritten, Pointer]
    public string? ApiGroup { get; init; }

    [Doc("Kind of the object that is meant."), Required]
    public string Kind { get; init; } = "";

    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";
}

public sealed record TypedObjectReference
{
    [Doc("API group of the object that is meant."), AlwaysWritten, Pointer]
    public string? ApiGroup { get; init; }

    [Doc("Kind of the object that is meant."), Required]
    public string Kind { get; init; } = "";

    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Namespace of the object that is meant."), Pointer]
    public string? Namespace { get; init; }
}
