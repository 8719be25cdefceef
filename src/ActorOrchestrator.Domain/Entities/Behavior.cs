using ActorOrchestrator.Domain.Admission;

namespace ActorOrchestrator.Domain;

/// <summary>What an entity can be told. A command expects a reply; all other messages are facts or requests that may
/// be lost or doubled, so a receiver checks uid and generation.</summary>
public abstract record Message;

/// <summary>Something that an entity decided. Replay applies exactly what was applied live.</summary>
public abstract record DomainEvent
{
    public virtual EventScope Scope => EventScope.Object;
}

public enum EventScope
{
    /// <summary>Journaled, and changes the API object: gets a resourceVersion and is seen by watchers.</summary>
    Object,

    /// <summary>Journaled, but only the entity's own bookkeeping (claims): watchers do not see it.</summary>
    Private,

    /// <summary>Applied, not journaled: observations (what children report) that are asked for again on
    /// recovery.</summary>
    Volatile,
}

/// <summary>What a decision needs from outside: nothing else may enter it.</summary>
/// <param name="Now">The time of the batch.</param>
/// <param name="Version">The resourceVersion of the stored object: the sequence of its last committed
/// <see cref="EventScope.Object"/> event; null while one is being committed, when no client can know it.</param>
/// <param name="Ids">Fresh ids.</param>
/// <param name="Facts">What of the cluster new objects are judged by.</param>
public readonly record struct DecisionContext(
    DateTimeOffset Now, long? Version, IIdSource Ids, ClusterFacts Facts);

public interface IIdSource
{
    /// <summary>A random RFC 4122 UUID in its lower-case text form.</summary>
    string NewUid();

    /// <summary>Five characters of Kubernetes' alphabet for generated names (no vowels, no 0, 1, 3).</summary>
    string NewNameSuffix();
}

/// <summary>
/// The behaviour of one kind of entity: pure functions with no I/O, clock, randomness, logger or Task.
/// <see cref="Decide"/> sees the state with all earlier events applied; its effects leave only after its events are
/// durable. Work that follows from a change is done on <see cref="Reconcile"/>, which the engine delivers once at the
/// end of a batch to each entity that asked for it: many changes, one reconciliation.
/// </summary>
public interface IBehavior
{
    object Empty { get; }

    Decision Decide(EntityKey self, object state, Message message, in DecisionContext context);

    /// <summary>Throws on an event that it does not know.</summary>
    object Apply(object state, DomainEvent @event);

    /// <summary>The shortest series of events that folds to the state, without what is volatile: snapshots are made of
    /// it, so that events are the only schema of the log.</summary>
    IReadOnlyList<DomainEvent> History(object state);

    /// <summary>Re-derives timers and outstanding sends after a restart; tells volatile inputs to be reported
    /// again.</summary>
    Decision OnRecoveryCompleted(EntityKey self, object state, in DecisionContext context);

    /// <summary>True when nothing is left to remember: the entity can be forgotten with its journal.</summary>
    bool IsGone(object state);

    /// <summary>True when the entity would lose nothing if it were dropped from memory and woken only by its next
    /// message: nothing is outstanding, no timer is needed, nothing is left to converge. Asked while no
    /// <see cref="Reconcile"/> is under way to it. See <see cref="Rest"/>.</summary>
    bool IsAtRest(object state);
}

/// <summary>A typed view on <see cref="IBehavior"/> for a kind with its own state record.</summary>
public abstract class Behavior<TState> : IBehavior where TState : class
{
    protected abstract TState Initial { get; }

    object IBehavior.Empty => Initial;

    public abstract Decision Decide(EntityKey self, TState state, Message message, in DecisionContext context);

    public abstract TState Apply(TState state, DomainEvent @event);

    public abstract Decision OnRecoveryCompleted(EntityKey self, TState state, in DecisionContext context);

    public abstract IReadOnlyList<DomainEvent> History(TState state);

    public abstract bool IsGone(TState state);

    public abstract bool IsAtRest(TState state);

    IReadOnlyList<DomainEvent> IBehavior.History(object state) => History((TState)state);

    Decision IBehavior.Decide(EntityKey self, object state, Message message, in DecisionContext context) =>
        Decide(self, (TState)state, message, context);

    object IBehavior.Apply(object state, DomainEvent @event) => Apply((TState)state, @event);

    Decision IBehavior.OnRecoveryCompleted(EntityKey self, object state, in DecisionContext context) =>
        OnRecoveryCompleted(self, (TState)state, context);

    bool IBehavior.IsGone(object state) => IsGone((TState)state);

    bool IBehavior.IsAtRest(object state) => IsAtRest((TState)state);
}
