namespace ActorOrchestrator.Api.Core;

public sealed record ProjectedVolumeSource
{
    [Doc("The sources."), AlwaysWritten]
    public ValueList<VolumeProjection> Sources { get; init; } = [];

    [Doc("Permission bits of files that set none of their own.")]
    public int? DefaultMode { get; init; }
}

public sealed record VolumeProjection
{
    [Doc("A Secret's entries as files.")]
    public SecretProjection? Secret { get; init; }

    [Doc("Facts about the pod as files.")]
    public DownwardAPIProjection? DownwardAPI { get; init; }

    [Doc("A ConfigMap's entries as files.")]
    public ConfigMapProjection? ConfigMap { get; init; }

    [Doc("Token of the pod's service account.")]
    public ServiceAccountTokenProjection? ServiceAccountToken { get; init; }

    [Doc("Trust anchors of the cluster.")]
    public ClusterTrustBundleProjection? ClusterTrustBundle { get; init; }

    [Doc("Certificate issued to the pod.")]
    public PodCertificateProjection? PodCertificate { get; init; }
}

public sealed record SecretProjection
{
    [Doc("Name of the object that is meant.")]
    public string? Name { get; init; }

    [Doc("Which entries to take, and under which names.")]
    public ValueList<KeyToPath> Items { get; init; } = [];

    [Doc("Whether it may be missing.")]
    public bool? Optional { get; init; }
}

public sealed record DownwardAPIProjection
{
    [Doc("Which entries to take, and under which names.")]
    public ValueList<DownwardAPIVolumeFile> Items { get; init; } = [];
}

public sealed record ConfigMapProjection
{
    [Doc("Name of the object that is meant.")]
    public string? Name { get; init; }

    [Doc("Which entries to take, and under which names.")]
    public ValueList<KeyToPath> Items { get; init; } = [];

    [Doc("Whether it may be missing.")]
    public bool? Optional { get; init; }
}

public sealed record ServiceAccountTokenProjection
{
    [Doc("Who the token is meant for.")]
    public string? Audience { get; init; }

    [Doc("Seconds that the token is valid.")]
    public long? ExpirationSeconds { get; init; }

    [Doc("Path of the file or directory."), Required]
    public string Path { get; init; } = "";
}

public sealed record ClusterTrustBundleProjection
{
    [Doc("Name of the object that is meant."), Pointer]
    public string? Name { get; init; }

    [Doc("Name of the signer."), Pointer]
    public string? SignerName { get; init; }

    [Doc("Labels of the objects that are meant.")]
    public LabelSelector? LabelSelector { get; init; }

    [Doc("Whether it may be missing.")]
    public bool? Optional { get; init; }

    [Doc("Path of the file or directory."), Required]
    public string Path { get; init; } = "";
}

public sealed record PodCertificateProjection
{
    [Doc("Name of the signer."), Required]
    public string? SignerName { get; init; }

    [Doc("Kind of key to make."), Required]
    public string? KeyType { get; init; }

    [Doc("Longest validity to ask for.")]
    public int? MaxExpirationSeconds { get; init; }

    [Doc("File for key and certificates together.")]
    public string? CredentialBundlePath { get; init; }

    [Doc("File for the key.")]
    public string? KeyPath { get; init; }

    [Doc("File for the certificates.")]
    public string? CertificateChainPath { get; init; }

    [Doc("Annotations passed to the signer.")]
    public ValueMap<string> UserAnnotations { get; init; } = ValueMap<string>.Empty;
}
