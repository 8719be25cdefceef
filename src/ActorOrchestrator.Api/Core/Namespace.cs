namespace ActorOrchestrator.Api.Core;

[Doc("A scope for names.")]
public sealed record Namespace() : KubeObject("v1", "Namespace")
{
    [Doc("What is wanted.")]
    public NamespaceSpec Spec { get; init; } = NamespaceSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public NamespaceStatus Status { get; init; } = NamespaceStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (NamespaceStatus?)status ?? NamespaceStatus.Empty };
}

[Doc("What is wanted of a Namespace.")]
public sealed record NamespaceSpec
{
    public static readonly NamespaceSpec Empty = new();

    [Doc("Names that must be removed before the namespace is gone.")]
    public ValueList<string> Finalizers { get; init; } = [];
}

[Doc("What a Namespace was last seen to be.")]
public sealed record NamespaceStatus
{
    public static readonly NamespaceStatus Empty = new();

    [Doc("Where in its life the object is, in one word."), Values("Active", "Terminating")]
    public string? Phase { get; init; }

    [Doc("What holds of the object, and since when."), MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<NamespaceCondition> Conditions { get; init; } = [];
}

[Doc("One thing that holds, or not, of a Namespace.")]
public sealed record NamespaceCondition
{
    [Doc("Which of the possible kinds this is."), Required]
    public string Type { get; init; } = "";

    [Doc("What was observed last; written by the system."), Required]
    public string Status { get; init; } = "";

    [Doc("When the status last changed.")]
    public DateTimeOffset? LastTransitionTime { get; init; }

    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("Why, as a sentence for people.")]
    public string? Message { get; init; }
}
