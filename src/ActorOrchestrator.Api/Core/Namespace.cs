namespace ActorOrchestrator.Api.Core;

public sealed record Namespace() : KubeObject("v1", "Namespace")
{
    public NamespaceSpec Spec { get; init; } = NamespaceSpec.Empty;
    public NamespaceStatus Status { get; init; } = NamespaceStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (NamespaceStatus?)status ?? NamespaceStatus.Empty };
}

public sealed record NamespaceSpec
{
    public static readonly NamespaceSpec Empty = new();
    public ValueList<string> Finalizers { get; init; } = [];
}

public sealed record NamespaceStatus
{
    public static readonly NamespaceStatus Empty = new();
    [Values("Active", "Terminating")] public string? Phase { get; init; }
    [MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<NamespaceCondition> Conditions { get; init; } = [];
}

public sealed record NamespaceCondition
{
    [Required] public string Type { get; init; } = "";
    [Required] public string Status { get; init; } = "";
    public DateTimeOffset? LastTransitionTime { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
}
