namespace ActorOrchestrator.Api.Core;

public sealed record CSIPersistentVolumeSource
{
    [Doc("Name of the driver."), Required]
    public string Driver { get; init; } = "";

    [Doc("Id of the volume at its driver."), Required]
    public string VolumeHandle { get; init; } = "";

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }

    [Doc("Attributes that are passed to the driver.")]
    public ValueMap<string> VolumeAttributes { get; init; } = ValueMap<string>.Empty;

    [Doc("Secret to attach the volume with.")]
    public SecretReference? ControllerPublishSecretRef { get; init; }

    [Doc("Secret to stage the volume with.")]
    public SecretReference? NodeStageSecretRef { get; init; }

    [Doc("Secret that the driver mounts the volume with.")]
    public SecretReference? NodePublishSecretRef { get; init; }

    [Doc("Secret to grow the volume with.")]
    public SecretReference? ControllerExpandSecretRef { get; init; }

    [Doc("Secret to grow the volume on the node with.")]
    public SecretReference? NodeExpandSecretRef { get; init; }
}

public sealed record ISCSIPersistentVolumeSource
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
    public SecretReference? SecretRef { get; init; }

    [Doc("Name of the initiator."), Pointer]
    public string? InitiatorName { get; init; }
}

public sealed record RBDPersistentVolumeSource
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
    public SecretReference? SecretRef { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }
}

public sealed record CephFSPersistentVolumeSource
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
    public SecretReference? SecretRef { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }
}

public sealed record CinderPersistentVolumeSource
{
    [Doc("Identifier of the volume at its provider."), Required]
    public string VolumeID { get; init; } = "";

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }

    [Doc("Secret that holds what is needed to log in.")]
    public SecretReference? SecretRef { get; init; }
}

public sealed record FlexPersistentVolumeSource
{
    [Doc("Name of the driver."), Required]
    public string Driver { get; init; } = "";

    [Doc("Filesystem of the volume, such as ext4.")]
    public string? FsType { get; init; }

    [Doc("Secret that holds what is needed to log in.")]
    public SecretReference? SecretRef { get; init; }

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }

    [Doc("Further options.")]
    public ValueMap<string> Options { get; init; } = ValueMap<string>.Empty;
}

public sealed record AzureFilePersistentVolumeSource
{
    [Doc("Name of the secret."), Required]
    public string SecretName { get; init; } = "";

    [Doc("Name of the share."), Required]
    public string ShareName { get; init; } = "";

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }

    [Doc("Namespace of the secret."), AlwaysWritten, Pointer]
    public string? SecretNamespace { get; init; }
}

public sealed record GlusterfsPersistentVolumeSource
{
    [Doc("The endpoints."), Required]
    public string Endpoints { get; init; } = "";

    [Doc("Path of the file or directory."), Required]
    public string Path { get; init; } = "";

    [Doc("Whether the volume is mounted read-only.")]
    public bool ReadOnly { get; init; }

    [Doc("Namespace of the endpoints."), Pointer]
    public string? EndpointsNamespace { get; init; }
}

public sealed record ScaleIOPersistentVolumeSource
{
    [Doc("Address of the gateway."), Required]
    public string Gateway { get; init; } = "";

    [Doc("Name of the storage system."), Required]
    public string System { get; init; } = "";

    [Doc("Secret that holds what is needed to log in."), Required]
    public SecretReference? SecretRef { get; init; }

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

public sealed record StorageOSPersistentVolumeSource
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
    public ObjectReference? SecretRef { get; init; }
}
