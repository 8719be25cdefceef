namespace ActorOrchestrator.Api.Core;

[Doc("Something that happened to an object.")]
public sealed record Event() : KubeObject("v1", "Event")
{
    [Doc("What the event is about."), Required]
    public ObjectReference InvolvedObject { get; init; } = ObjectReference.Empty;

    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("Why, as a sentence for people.")]
    public string? Message { get; init; }

    [Doc("What reported the event.")]
    public EventSource Source { get; init; } = EventSource.Empty;

    [Doc("When it first happened.")]
    public DateTimeOffset? FirstTimestamp { get; init; }

    [Doc("When it last happened.")]
    public DateTimeOffset? LastTimestamp { get; init; }

    [Doc("How often it happened.")]
    public int Count { get; init; }

    [Doc("Normal or Warning.")]
    public string? Type { get; init; }

    [Doc("When it happened.")]
    public MicroTime? EventTime { get; init; }

    [Doc("How often it happened, and when last.")]
    public EventSeries? Series { get; init; }

    [Doc("What was done or failed.")]
    public string? Action { get; init; }

    [Doc("Another object that played a part.")]
    public ObjectReference? Related { get; init; }

    [Doc("Name of what reported the event."), AlwaysWritten]
    public string ReportingComponent { get; init; } = "";

    [Doc("Which instance reported the event."), AlwaysWritten]
    public string ReportingInstance { get; init; } = "";
}

public sealed record EventSource
{
    public static readonly EventSource Empty = new();

    [Doc("Name of what reported the event.")]
    public string? Component { get; init; }

    [Doc("Host to connect to.")]
    public string? Host { get; init; }
}

public sealed record EventSeries
{
    [Doc("How often it happened.")]
    public int Count { get; init; }

    [Doc("When it last happened.")]
    public MicroTime? LastObservedTime { get; init; }
}
