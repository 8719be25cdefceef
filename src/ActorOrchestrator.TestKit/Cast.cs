using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.TestKit;

/// <summary>Who is played by a probe on a stage; all others are themselves.</summary>
internal sealed class Cast
{
    private readonly Dictionary<EntityKey, TestProbe> _byKey = [];
    private readonly Dictionary<string, TestProbe> _byResource = new(StringComparer.Ordinal);

    public TestProbe Give(TestProbe probe, EntityKey key) => _byKey[key] = probe;

    public TestProbe Give(TestProbe probe, string resource) => _byResource[resource] = probe;

    /// <summary>The real behaviours, each with a look at the cast first.</summary>
    public Behaviors Behaviors(Behaviors real) => new(KindRegistry.All
        .Select(kind => kind.Resource).Distinct()
        .ToDictionary(resource => resource, IBehavior (resource) => new Role(this, real.For(resource))));

    private TestProbe? ProbeOf(EntityKey key) =>
        _byKey.GetValueOrDefault(key) ?? _byResource.GetValueOrDefault(key.Resource);

    /// <summary>An entity whose part a probe may have: then the probe hears, and the state stays empty.</summary>
    private sealed class Role(Cast cast, IBehavior real) : IBehavior
    {
        public object Empty => real.Empty;

        public Decision Decide(EntityKey self, object state, Message message, in DecisionContext context) =>
            cast.ProbeOf(self) is { } probe ? probe.Hear(self, message) : real.Decide(self, state, message, context);

        public object Apply(object state, DomainEvent @event) => real.Apply(state, @event);

        public IReadOnlyList<DomainEvent> History(object state) => real.History(state);

        public Decision OnRecoveryCompleted(EntityKey self, object state, in DecisionContext context) =>
            cast.ProbeOf(self) is null ? real.OnRecoveryCompleted(self, state, context) : new Decision();

        public bool IsGone(object state) => real.IsGone(state);

        public bool IsAtRest(object state) => real.IsAtRest(state);
    }
}
