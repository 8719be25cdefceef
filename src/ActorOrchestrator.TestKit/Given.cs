using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.TestKit;

/// <summary>
/// How a test of a behaviour begins:
/// <code>
/// Given.Object(new PodDecider(), pod)
///     .When(new BindPod(null, "n1"))
///     .Then(Expect.Accepted(), Expect.Event&lt;PodBound&gt;(bound => bound.Node == "n1"));
/// </code>
/// </summary>
public static class Given
{
    /// <summary>An entity that nobody has talked to.</summary>
    public static Story Absent(IBehavior behavior, EntityKey key) => new(behavior, key, []);

    /// <summary>An entity with a past.</summary>
    public static Story History(IBehavior behavior, EntityKey key, params IReadOnlyList<DomainEvent> events) =>
        new(behavior, key, events);

    /// <summary>An object that exists as it is given, uid and times included.</summary>
    public static Story Object(IBehavior behavior, KubeObject value) =>
        new(behavior, EntityKey.Of(value), [new ObjectCreated(value)]);
}
