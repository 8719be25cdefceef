namespace ActorOrchestrator.Api;

[Doc("How an object is to be deleted.")]
public sealed record DeleteOptions
{
    [Doc("Group and version of the object that is meant.")]

    public string ApiVersion { get; init; } = "v1";

    [Doc("Kind of the object that is meant.")]
    public string Kind { get; init; } = "DeleteOptions";

    [Doc("Seconds that the object has to end gracefully.")]
    public long? GracePeriodSeconds { get; init; }

    [Doc("What must hold for the deletion to happen.")]
    public Preconditions? Preconditions { get; init; }

    [Doc("Old form of propagationPolicy Orphan.")]
    public bool? OrphanDependents { get; init; }

    [Doc("What becomes of dependents: Orphan, Background or Foreground."), Pointer]
    public string? PropagationPolicy { get; init; }

    [Doc("With All, nothing is changed.")]
    public ValueList<string> DryRun { get; init; } = [];

    [Doc("Delete even what cannot be read back.")]
    public bool? IgnoreStoreReadErrorWithClusterBreakingPotential { get; init; }
}

public sealed record Preconditions
{
    [Doc("Unique id that the object must have."), Pointer]
    public string? Uid { get; init; }

    [Doc("Version that the object must have."), Pointer]
    public string? ResourceVersion { get; init; }
}

[Doc("One thing that holds, or not, of an object.")]
public sealed record Condition
{
    [Doc("What the condition is about."), Required]
    public string Type { get; init; } = "";

    [Doc("What was observed last; written by the system."), Required]
    public string Status { get; init; } = "";

    [Doc("Generation of the spec that this status is about.")]
    public long ObservedGeneration { get; init; }

    [Doc("When the status last changed."), Required]
    public DateTimeOffset? LastTransitionTime { get; init; }

    [Doc("Why, as one word for programs."), Required]
    public string Reason { get; init; } = "";

    [Doc("Why, as a sentence for people."), Required]
    public string Message { get; init; } = "";
}
