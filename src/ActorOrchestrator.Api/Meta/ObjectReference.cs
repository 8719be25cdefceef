namespace ActorOrchestrator.Api;

[DefinedIn("io.k8s.api.core.v1")]
[Atomic]
public sealed record ObjectReference
{
    public static readonly ObjectReference Empty = new();
    public string? Kind { get; init; }
    public string? Namespace { get; init; }
    public string? Name { get; init; }
    public string? Uid { get; init; }
    public string? ApiVersion { get; init; }
    public string? ResourceVersion { get; init; }
    public string? FieldPath { get; init; }
}
