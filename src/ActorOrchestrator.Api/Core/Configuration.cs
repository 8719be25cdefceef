namespace ActorOrchestrator.Api.Core;

[Doc("Configuration as keys and values.")]
public sealed record ConfigMap() : KubeObject("v1", "ConfigMap")
{
    [Doc("Whether the data can never be changed.")]
    public bool? Immutable { get; init; }

    [Doc("Entries, as text.")]
    public ValueMap<string> Data { get; init; } = ValueMap<string>.Empty;

    [Doc("Data that is no text, in base64."), Base64]
    public ValueMap<string> BinaryData { get; init; } = ValueMap<string>.Empty;
}

[Doc("Confidential data as keys and values.")]
public sealed record Secret() : KubeObject("v1", "Secret")
{
    [Doc("Whether the data can never be changed.")]
    public bool? Immutable { get; init; }

    [Doc("Entries, in base64."), Base64]
    public ValueMap<string> Data { get; init; } = ValueMap<string>.Empty;

    [Doc("Data as plain text; only written, never read.")]
    public ValueMap<string> StringData { get; init; } = ValueMap<string>.Empty;

    [Doc("What the secret is for.")]
    public string? Type { get; init; }
}

[Doc("An identity for pods.")]
public sealed record ServiceAccount() : KubeObject("v1", "ServiceAccount")
{
    [Doc("Secrets that pods of the account may use."), MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<ObjectReference> Secrets { get; init; } = [];

    [Doc("Secrets with credentials for pulling images.")]
    public ValueList<LocalObjectReference> ImagePullSecrets { get; init; } = [];

    [Doc("Whether a token of the service account is mounted.")]
    public bool? AutomountServiceAccountToken { get; init; }
}
