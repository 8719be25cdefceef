namespace ActorOrchestrator.Api.Core;

public sealed record ConfigMap() : KubeObject("v1", "ConfigMap")
{
    public bool? Immutable { get; init; }
    public ValueMap<string> Data { get; init; } = ValueMap<string>.Empty;
    [Base64] public ValueMap<string> BinaryData { get; init; } = ValueMap<string>.Empty;
}

public sealed record Secret() : KubeObject("v1", "Secret")
{
    public bool? Immutable { get; init; }
    [Base64] public ValueMap<string> Data { get; init; } = ValueMap<string>.Empty;
    public ValueMap<string> StringData { get; init; } = ValueMap<string>.Empty;
    public string? Type { get; init; }
}

public sealed record ServiceAccount() : KubeObject("v1", "ServiceAccount")
{
    [MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<ObjectReference> Secrets { get; init; } = [];
    public ValueList<LocalObjectReference> ImagePullSecrets { get; init; } = [];
    public bool? AutomountServiceAccountToken { get; init; }
}
