namespace ActorOrchestrator.Api;

public sealed record DeleteOptions
{
    public string ApiVersion { get; init; } = "v1";
    public string Kind { get; init; } = "DeleteOptions";
    public long? GracePeriodSeconds { get; init; }
    public Preconditions? Preconditions { get; init; }
    public bool? OrphanDependents { get; init; }
    [Pointer] public string? PropagationPolicy { get; init; }
    public ValueList<string> DryRun { get; init; } = [];
    public bool? IgnoreStoreReadErrorWithClusterBreakingPotential { get; init; }
}

public sealed record Preconditions
{
    [Pointer] public string? Uid { get; init; }
    [Pointer] public string? ResourceVersion { get; init; }
}

public sealed record Condition
{
    [Required] public string Type { get; init; } = "";
    [Required] public string Status { get; init; } = "";
    public long ObservedGeneration { get; init; }
    [Required] public DateTimeOffset? LastTransitionTime { get; init; }
    [Required] public string Reason { get; init; } = "";
    [Required] public string Message { get; init; } = "";
}
