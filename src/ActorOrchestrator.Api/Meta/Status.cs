namespace ActorOrchestrator.Api;

[Doc("The answer to a call that returns no object.")]
public sealed record Status
{
    [Doc("Group and version of the object that is meant.")]

    public string ApiVersion { get; init; } = "v1";

    [Doc("Kind of the object that is meant.")]
    public string Kind { get; init; } = "Status";

    [Doc("Name, labels and the rest of what every object has.")]
    public ListMeta Metadata { get; init; } = ListMeta.Empty;

    [Doc("Success or Failure."), WireName("status")]
    public string? Result { get; init; }

    [Doc("What happened, as a sentence for people.")]
    public string? Message { get; init; }

    [Doc("Kind of the failure, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("More about the failure.")]
    public StatusDetails? Details { get; init; }

    [Doc("HTTP status code.")]
    public int Code { get; init; }
}

[Doc("More about a failure.")]
public sealed record StatusDetails
{
    [Doc("Name of the object.")]
    public string? Name { get; init; }

    [Doc("API group of the resource.")]
    public string? Group { get; init; }

    [Doc("Kind of the resource.")]
    public string? Kind { get; init; }

    [Doc("Unique id of the object that is meant.")]
    public string? Uid { get; init; }

    [Doc("What is wrong, one by one.")]
    public ValueList<StatusCause> Causes { get; init; } = [];

    [Doc("Seconds to wait before trying again.")]
    public int RetryAfterSeconds { get; init; }
}

public sealed record StatusCause
{
    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("Why, as a sentence for people.")]
    public string? Message { get; init; }

    [Doc("Field that the cause is about.")]
    public string? Field { get; init; }
}

[Doc("Where in time a list stands.")]
public sealed record ListMeta
{
    public static readonly ListMeta Empty = new();

    [Doc("Legacy field that the server no longer fills.")]
    public string? SelfLink { get; init; }

    [Doc("Version of the object or list.")]
    public string? ResourceVersion { get; init; }

    [Doc("Where the next page starts; empty at the end.")]
    public string? Continue { get; init; }

    [Doc("How many items follow this page.")]
    public long? RemainingItemCount { get; init; }
}
