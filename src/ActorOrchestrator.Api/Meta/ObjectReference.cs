namespace ActorOrchestrator.Api;

[Doc("Which object is meant.")]
[DefinedIn("io.k8s.api.core.v1")]
[Atomic]
public sealed record ObjectReference
{
    public static readonly ObjectReference Empty = new();

    [Doc("Kind of the object that is meant.")]
    public string? Kind { get; init; }

    [Doc("Namespace of the object that is meant.")]
    public string? Namespace { get; init; }

    [Doc("Name of the object that is meant.")]
    public string? Name { get; init; }

    [Doc("Unique id of the object that is meant.")]
    public string? Uid { get; init; }

    [Doc("Group and version of the object that is meant.")]
    public string? ApiVersion { get; init; }

    [Doc("Version of the object or list.")]
    public string? ResourceVersion { get; init; }

    [Doc("Part of the object, such as spec.containers{name}.")]
    public string? FieldPath { get; init; }
}
