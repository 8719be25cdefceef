namespace ActorOrchestrator.Api.Core;

public sealed record ProjectedVolumeSource
{
    [AlwaysWritten] public ValueList<VolumeProjection> Sources { get; init; } = [];
    public int? DefaultMode { get; init; }
}

public sealed record VolumeProjection
{
    public SecretProjection? Secret { get; init; }
    public DownwardAPIProjection? DownwardAPI { get; init; }
    public ConfigMapProjection? ConfigMap { get; init; }
    public ServiceAccountTokenProjection? ServiceAccountToken { get; init; }
    public ClusterTrustBundleProjection? ClusterTrustBundle { get; init; }
    public PodCertificateProjection? PodCertificate { get; init; }
}

public sealed record SecretProjection
{
    public string? Name { get; init; }
    public ValueList<KeyToPath> Items { get; init; } = [];
    public bool? Optional { get; init; }
}

public sealed record DownwardAPIProjection
{
    public ValueList<DownwardAPIVolumeFile> Items { get; init; } = [];
}

public sealed record ConfigMapProjection
{
    public string? Name { get; init; }
    public ValueList<KeyToPath> Items { get; init; } = [];
    public bool? Optional { get; init; }
}

public sealed record ServiceAccountTokenProjection
{
    public string? Audience { get; init; }
    public long? ExpirationSeconds { get; init; }
    [Required] public string Path { get; init; } = "";
}

public sealed record ClusterTrustBundleProjection
{
    [Pointer] public string? Name { get; init; }
    [Pointer] public string? SignerName { get; init; }
    public LabelSelector? LabelSelector { get; init; }
    public bool? Optional { get; init; }
    [Required] public string Path { get; init; } = "";
}

public sealed record PodCertificateProjection
{
    [Required] public string? SignerName { get; init; }
    [Required] public string? KeyType { get; init; }
    public int? MaxExpirationSeconds { get; init; }
    public string? CredentialBundlePath { get; init; }
    public string? KeyPath { get; init; }
    public string? CertificateChainPath { get; init; }
    public ValueMap<string> UserAnnotations { get; init; } = ValueMap<string>.Empty;
}
