namespace ActorOrchestrator.Api.Core;

public sealed record Event() : KubeObject("v1", "Event")
{
    [Required] public ObjectReference InvolvedObject { get; init; } = ObjectReference.Empty;
    public string? Reason { get; init; }
    public string? Message { get; init; }
    public EventSource Source { get; init; } = EventSource.Empty;
    public DateTimeOffset? FirstTimestamp { get; init; }
    public DateTimeOffset? LastTimestamp { get; init; }
    public int Count { get; init; }
    public string? Type { get; init; }
    public MicroTime? EventTime { get; init; }
    public EventSeries? Series { get; init; }
    public string? Action { get; init; }
    public ObjectReference? Related { get; init; }
    [AlwaysWritten] public string ReportingComponent { get; init; } = "";
    [AlwaysWritten] public string ReportingInstance { get; init; } = "";
}

public sealed record EventSource
{
    public static readonly EventSource Empty = new();
    public string? Component { get; init; }
    public string? Host { get; init; }
}

public sealed record EventSeries
{
    public int Count { get; init; }
    public MicroTime? LastObservedTime { get; init; }
}
