namespace ActorOrchestrator.Api.Core;

public sealed record GitRepoVolumeSource
{
    [Doc("URL of the repository."), Required]
    public string Repository { get; init; } = "";

    [Doc("Revision that is meant.")]
    public string? Revision { get; init; }

    [Doc("Directory to clone into.")]
    public string? Directory { get; init; }
}

public sealed record GlusterfsVolumeSource
{
    [Doc("The endpoints."), Required]
    public string Endpoints { get; init; } = "";

    [Doc("Path of the file or directory."), Required]
    public string Path { get; init; } = "";

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }
}

public sealed record FlexVolumeSource
{
    [Doc("Name of the driver."), Required]
    public string Driver { get; init; } = "";

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }

    [Doc("Secret that holds what is needed to log in.")]
    public LocalObjectReference? SecretRef { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }

    [Doc("Further options.")]
    public ValueMap<string> Options { get; init; } = ValueMap<string>.Empty;
}

public sealed record FlockerVolumeSource
{
    [Doc("Name of the dataset.")]
    public string? DatasetName { get; init; }

    [Doc("Id of the dataset.")]
    public string? DatasetUUID { get; init; }
}

public sealed record QuobyteVolumeSource
{
    [Doc("Addresses of the registry."), Required]
    public string Registry { get; init; } = "";

    [Doc("Name of the volume."), Required]
    public string Volume { get; init; } = "";

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }

    [Doc("User to act as.")]
    public string? User { get; init; }

    [Doc("Group to act as, or API group.")]
    public string? Group { get; init; }

    [Doc("Tenant that owns the volume.")]
    public string? Tenant { get; init; }
}

public sealed record PhotonPersistentDiskVolumeSource
{
    [Doc("Id of the disk."), Required]
    public string PdID { get; init; } = "";

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }
}

public sealed record PortworxVolumeSource
{
    [Doc("Identifier of the volume at its provider."), Required]
    public string VolumeID { get; init; } = "";

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }
}

public sealed record ScaleIOVolumeSource
{
    [Doc("Address of the gateway."), Required]
    public string Gateway { get; init; } = "";

    [Doc("Name of the storage system."), Required]
    public string System { get; init; } = "";

    [Doc("Secret that holds what is needed to log in."), Required]
    public LocalObjectReference? SecretRef { get; init; }

    [Doc("Whether to use TLS.")]
    public bool SslEnabled { get; init; }

    [Doc("Name of the protection domain.")]
    public string? ProtectionDomain { get; init; }

    [Doc("Name of the storage pool.")]
    public string? StoragePool { get; init; }

    [Doc("Whether storage is thick or thin.")]
    public string? StorageMode { get; init; }

    [Doc("Name of the volume.")]
    public string? VolumeName { get; init; }

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }
}

public sealed record StorageOSVolumeSource
{
    [Doc("Name of the volume.")]
    public string? VolumeName { get; init; }

    [Doc("Namespace of the volume at its provider.")]
    public string? VolumeNamespace { get; init; }

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }

    [Doc("Secret that holds what is needed to log in.")]
    public LocalObjectReference? SecretRef { get; init; }
}
