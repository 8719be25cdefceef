namespace ActorOrchestrator.Api.Core;

public sealed record CSIPersistentVolumeSource
{
    [Required] public string Driver { get; init; } = "";
    [Required] public string VolumeHandle { get; init; } = "";
    public bool ReadOnly { get; init; }
    public string? FsType { get; init; }
    public ValueMap<string> VolumeAttributes { get; init; } = ValueMap<string>.Empty;
    public SecretReference? ControllerPublishSecretRef { get; init; }
    public SecretReference? NodeStageSecretRef { get; init; }
    public SecretReference? NodePublishSecretRef { get; init; }
    public SecretReference? ControllerExpandSecretRef { get; init; }
    public SecretReference? NodeExpandSecretRef { get; init; }
}

public sealed record ISCSIPersistentVolumeSource
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
    public SecretReference? SecretRef { get; init; }
    [Pointer] public string? InitiatorName { get; init; }
}

public sealed record RBDPersistentVolumeSource
{
    [Required] public ValueList<string> Monitors { get; init; } = [];
    [Required] public string Image { get; init; } = "";
    public string? FsType { get; init; }
    public string? Pool { get; init; }
    public string? User { get; init; }
    public string? Keyring { get; init; }
    public SecretReference? SecretRef { get; init; }
    public bool ReadOnly { get; init; }
}

public sealed record CephFSPersistentVolumeSource
{
    [Required] public ValueList<string> Monitors { get; init; } = [];
    public string? Path { get; init; }
    public string? User { get; init; }
    public string? SecretFile { get; init; }
    public SecretReference? SecretRef { get; init; }
    public bool ReadOnly { get; init; }
}

public sealed record CinderPersistentVolumeSource
{
    [Required] public string VolumeID { get; init; } = "";
    public string? FsType { get; init; }
    public bool ReadOnly { get; init; }
    public SecretReference? SecretRef { get; init; }
}

public sealed record FlexPersistentVolumeSource
{
    [Required] public string Driver { get; init; } = "";
    public string? FsType { get; init; }
    public SecretReference? SecretRef { get; init; }
    public bool ReadOnly { get; init; }
    public ValueMap<string> Options { get; init; } = ValueMap<string>.Empty;
}

public sealed record AzureFilePersistentVolumeSource
{
    [Required] public string SecretName { get; init; } = "";
    [Required] public string ShareName { get; init; } = "";
    public bool ReadOnly { get; init; }
    [AlwaysWritten, Pointer] public string? SecretNamespace { get; init; }
}

public sealed record GlusterfsPersistentVolumeSource
{
    [Required] public string Endpoints { get; init; } = "";
    [Required] public string Path { get; init; } = "";
    public bool ReadOnly { get; init; }
    [Pointer] public string? EndpointsNamespace { get; init; }
}

public sealed record ScaleIOPersistentVolumeSource
{
    [Required] public string Gateway { get; init; } = "";
    [Required] public string System { get; init; } = "";
    [Required] public SecretReference? SecretRef { get; init; }
    public bool SslEnabled { get; init; }
    public string? ProtectionDomain { get; init; }
    public string? StoragePool { get; init; }
    public string? StorageMode { get; init; }
    public string? VolumeName { get; init; }
    public string? FsType { get; init; }
    public bool ReadOnly { get; init; }
}

public sealed record StorageOSPersistentVolumeSource
{
    public string? VolumeName { get; init; }
    public string? VolumeNamespace { get; init; }
    public string? FsType { get; init; }
    public bool ReadOnly { get; init; }
    public ObjectReference? SecretRef { get; init; }
}
