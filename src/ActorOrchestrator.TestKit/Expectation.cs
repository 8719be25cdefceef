using System.Runtime.CompilerServices;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.TestKit;

/// <summary>Something that a step must have brought about.</summary>
/// <param name="Text">As a failure says it, behind "expected".</param>
/// <param name="Holds">Whether it did.</param>
public sealed record Expectation(string Text, Func<StoryStep, bool> Holds);

/// <summary>What can be expected of a step. Conditions are shown in failures as they are written.</summary>
public static class Expect
{
    /// <summary>No event, no effect.</summary>
    public static readonly Expectation Nothing =
        new("nothing to be decided", static step => step.Events.Count == 0 && step.Effects.Count == 0);

    /// <summary>Nothing goes to the log; what is only observed (volatile events) may be noted.</summary>
    public static readonly Expectation NoEvent = new("no event in the log", static step => Journaled(step).Count == 0);

    /// <summary>The object is not there any more.</summary>
    public static readonly Expectation Gone = new("it to be gone", static step => step.Object is null);

    /// <summary>An event of the kind, for which the condition holds.</summary>
    public static Expectation Event<T>(
        Func<T, bool>? where = null, [CallerArgumentExpression(nameof(where))] string? text = null)
        where T : DomainEvent =>
        new($"an event {typeof(T).Name}{With(text)}", step => step.Events.OfType<T>().Any(where ?? Any));

    /// <summary>Just this one event goes to the log, and no other.</summary>
    public static Expectation OnlyEvent<T>(
        Func<T, bool>? where = null, [CallerArgumentExpression(nameof(where))] string? text = null)
        where T : DomainEvent => new(
            $"one event in the log, {typeof(T).Name}{With(text)}",
            step => Journaled(step) is [T only] && (where ?? Any)(only));

    /// <summary>A message to an entity.</summary>
    public static Expectation Tells<T>(
        EntityKey to, Func<T, bool>? where = null, [CallerArgumentExpression(nameof(where))] string? text = null)
        where T : Message => new(
            $"{to} to be told {typeof(T).Name}{With(text)}",
            step => step.Effects.OfType<Effect.Tell>()
                .Any(tell => tell.To == to && tell.Message is T message && (where ?? Any)(message)));

    /// <summary>Nobody is told anything.</summary>
    public static Expectation TellsNobody { get; } =
        new("nobody to be told anything", static step => !step.Effects.OfType<Effect.Tell>().Any());

    /// <summary>A timer that rings so long after the step.</summary>
    public static Expectation Timer(string name, TimeSpan wait) => new(
        $"a timer \"{name}\" in {wait}",
        step => step.Effects.OfType<Effect.SetTimer>()
            .Any(timer => timer.Name == name && timer.Due == step.Now + wait));

    /// <summary>A core/v1 Event to be recorded.</summary>
    public static Expectation RecordedEvent(string reason) => new(
        $"an Event {reason} to be recorded",
        step => step.Effects.OfType<Effect.RecordEvent>().Any(recorded => recorded.Reason == reason));

    /// <summary>The answer is that it was done.</summary>
    public static Expectation Accepted() => new("it to be accepted", static step => step.Reply is Reply.Accepted);

    /// <summary>The answer is a refusal with this reason of meta/v1 Status.</summary>
    public static Expectation Refused(string reason) => new(
        $"a refusal for {reason}", step => step.Reply is Reply.Rejected refused && refused.Status.Reason == reason);

    /// <summary>How the object is afterwards.</summary>
    public static Expectation Object<T>(
        Func<T, bool> holds, [CallerArgumentExpression(nameof(holds))] string? text = null) where T : KubeObject =>
        new($"a {typeof(T).Name}{With(text)}", step => step.Object is T now && holds(now));

    /// <summary>The object is what it was.</summary>
    public static Expectation Unchanged { get; } =
        new("the object to stay as it was", static step => step.Object == step.Before);

    private static List<DomainEvent> Journaled(StoryStep step) =>
        [.. step.Events.Where(@event => @event.Scope != EventScope.Volatile)];

    private static bool Any<T>(T value) => true;

    private static string With(string? text) => text is null ? "" : $" with {text}";
}
