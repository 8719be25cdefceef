namespace ActorOrchestrator.Api.Core;

public sealed record GitRepoVolumeSource
{
    [Required] public string Repository { get; init; } = "";
    public string? Revision { get; init; }
    public string? Directory { get; init; }
}

public sealed record GlusterfsVolumeSource
{
    [Required] public string Endpoints { get; init; } = "";
    [Required] public string Path { get; init; } = "";
    public bool ReadOnly { get; init; }
}

public sealed record FlexVolumeSource
{
    [Required] public string Driver { get; init; } = "";
    public string? FsType { get; init; }
    public LocalObjectReference? SecretRef { get; init; }
    public bool ReadOnly { get; init; }
    public ValueMap<string> Options { get; init; } = ValueMap<string>.Empty;
}

public sealed record FlockerVolumeSource
{
    public string? DatasetName { get; init; }
    public string? DatasetUUID { get; init; }
}

public sealed record QuobyteVolumeSource
{
    [Required] public string Registry { get; init; } = "";
    [Required] public string Volume { get; init; } = "";
    public bool ReadOnly { get; init; }
    public string? User { get; init; }
    public string? Group { get; init; }
    public string? Tenant { get; init; }
}

public sealed record PhotonPersistentDiskVolumeSource
{
    [Required] public string PdID { get; init; } = "";
    public string? FsType { get; init; }
}

public sealed record PortworxVolumeSource
{
    [Required] public string VolumeID { get; init; } = "";
    public string? FsType { get; init; }
    public bool ReadOnly { get; init; }
}

public sealed record ScaleIOVolumeSource
{
    [Required] public string Gateway { get; init; } = "";
    [Required] public string System { get; init; } = "";
    [Required] public LocalObjectReference? SecretRef { get; init; }
    public bool SslEnabled { get; init; }
    public string? ProtectionDomain { get; init; }
    public string? StoragePool { get; init; }
    public string? StorageMode { get; init; }
    public string? VolumeName { get; init; }
    public string? FsType { get; init; }
    public bool ReadOnly { get; init; }
}

public sealed record StorageOSVolumeSource
{
    public string? VolumeName { get; init; }
    public string? VolumeNamespace { get; init; }
    public string? FsType { get; init; }
    public bool ReadOnly { get; init; }
    public LocalObjectReference? SecretRef { get; init; }
}
