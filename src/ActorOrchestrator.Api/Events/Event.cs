using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Events;

[Doc("Something that happened to an object, as newer clients write it: the same events as those of v1.")]
[DefinedIn("io.k8s.api.events.v1")]
public sealed record Event() : KubeObject("events.k8s.io/v1", "Event")
{
    [Doc("When it happened."), Required, AlwaysWritten]
    public MicroTime? EventTime { get; init; }

    [Doc("How often it happened, and when last.")]
    public EventSeries? Series { get; init; }

    [Doc("Name of what reported the event.")]
    public string? ReportingController { get; init; }

    [Doc("Which instance reported the event.")]
    public string? ReportingInstance { get; init; }

    [Doc("What was done or failed.")]
    public string? Action { get; init; }

    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("What the event is about.")]
    public ObjectReference Regarding { get; init; } = ObjectReference.Empty;

    [Doc("Another object that played a part.")]
    public ObjectReference? Related { get; init; }

    [Doc("Why, as a sentence for people.")]
    public string? Note { get; init; }

    [Doc("Normal or Warning.")]
    public string? Type { get; init; }

    [Doc("What reported the event, of events that were written as v1.")]
    public EventSource DeprecatedSource { get; init; } = EventSource.Empty;

    [Doc("When it first happened, of events that were written as v1.")]
    public DateTimeOffset? DeprecatedFirstTimestamp { get; init; }

    [Doc("When it last happened, of events that were written as v1.")]
    public DateTimeOffset? DeprecatedLastTimestamp { get; init; }

    [Doc("How often it happened, of events that were written as v1.")]
    public int DeprecatedCount { get; init; }

    public static Event Of(Core.Event stored) => new()
    {
        Metadata = stored.Metadata,
        EventTime = stored.EventTime,
        Series = stored.Series is null ? null : new EventSeries
        {
            Count = stored.Series.Count, LastObservedTime = stored.Series.LastObservedTime,
        },
        ReportingController = stored.ReportingComponent,
        ReportingInstance = stored.ReportingInstance,
        Action = stored.Action,
        Reason = stored.Reason,
        Regarding = stored.InvolvedObject,
        Related = stored.Related,
        Note = stored.Message,
        Type = stored.Type,
        DeprecatedSource = stored.Source,
        DeprecatedFirstTimestamp = stored.FirstTimestamp,
        DeprecatedLastTimestamp = stored.LastTimestamp,
        DeprecatedCount = stored.Count,
    };

    public Core.Event ToStored() => new()
    {
        Metadata = Metadata,
        EventTime = EventTime,
        Series = Series is null ? null : new Core.EventSeries
        {
            Count = Series.Count, LastObservedTime = Series.LastObservedTime,
        },
        ReportingComponent = ReportingController ?? "",
        ReportingInstance = ReportingInstance ?? "",
        Action = Action,
        Reason = Reason,
        InvolvedObject = Regarding,
        Related = Related,
        Message = Note,
        Type = Type,
        Source = DeprecatedSource,
        FirstTimestamp = DeprecatedFirstTimestamp,
        LastTimestamp = DeprecatedLastTimestamp,
        Count = DeprecatedCount,
    };
}

[DefinedIn("io.k8s.api.events.v1")]
public sealed record EventSeries
{
    [Doc("How often it happened."), Required]
    public int Count { get; init; }

    [Doc("When it last happened."), Required]
    public MicroTime? LastObservedTime { get; init; }
}
