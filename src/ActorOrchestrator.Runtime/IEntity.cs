namespace ActorOrchestrator.Runtime;

/// <summary>
/// The port between the engine and what it hosts. An entity is a state and pure functions on it; the engine owns
/// threads, time, mailboxes, the log and the order of effects, and knows nothing of what messages and events mean.
/// </summary>
public interface IEntity
{
    /// <summary>Decides without changing the state.</summary>
    Step Decide(object message, in StepContext context);

    /// <summary>Re-derives timers and outstanding sends after the state was rebuilt from the log.</summary>
    Step Recover(in StepContext context);

    /// <summary>Changes the state. The same live and in replay; throws on an event that it does not know.</summary>
    void Apply(object @event);

    /// <summary>The shortest series of events that folds to the state, without what is volatile: its
    /// snapshot.</summary>
    IReadOnlyList<object> History();

    /// <summary>Nothing left to remember.</summary>
    bool IsGone { get; }

    /// <summary>Whether the state may be dropped from memory while nobody talks to the entity.</summary>
    bool MayPassivate { get; }
}

/// <summary>Makes entities and translates for the log; called from many shards at once, so it must be
/// thread-safe.</summary>
public interface IEntityHost
{
    IEntity Create(string persistenceId);

    EventClass Classify(object @event);

    /// <returns>The event's manifest (its name in the log) and its bytes.</returns>
    (string Manifest, ReadOnlyMemory<byte> Payload) Encode(string persistenceId, object @event);

    /// <exception cref="LogException">An unknown manifest or unreadable bytes.</exception>
    object Decode(string persistenceId, string manifest, ReadOnlyMemory<byte> payload);

    /// <summary>Carries out one effect; its events are durable. Runs on the shard and must not block.</summary>
    void Release(object effect, EffectContext context);

    /// <summary>What an entity whose step asked for a revisit is told at the end of the batch.</summary>
    object RevisitMessage { get; }
}

public enum EventClass
{
    /// <summary>Journaled, and counts as a version of the entity.</summary>
    Versioned,

    /// <summary>Journaled.</summary>
    Private,

    /// <summary>Applied only.</summary>
    Volatile,
}

/// <param name="Now">The time of the batch.</param>
/// <param name="Version">The sequence of the entity's last versioned event; null while one is being committed;
/// 0 when there is none.</param>
public readonly record struct StepContext(DateTimeOffset Now, long? Version);

/// <summary>What an entity decided. <paramref name="Revisit"/>: deliver the host's revisit message to it once, after
/// the other messages of this batch.</summary>
public readonly record struct Step(IReadOnlyList<object> Events, IReadOnlyList<object> Effects, bool Revisit)
{
    public static readonly Step Nothing = new([], [], false);
}

/// <summary>Where a command's answer goes. Completed exactly once.</summary>
public interface IReplyPort
{
    /// <param name="reply">The answer.</param>
    /// <param name="version">The entity's version that the answer stands on.</param>
    void Complete(object reply, long version);

    /// <param name="failure">What went wrong.</param>
    /// <param name="reason">Why, in words for whoever asked; null where <paramref name="failure"/> says it all.</param>
    void Fail(AskFailure failure, string? reason = null);
}

public enum AskFailure
{
    /// <summary>The shard's mailbox is full.</summary>
    Overloaded,

    /// <summary>The log refused the events; nothing was stored.</summary>
    LogFailed,

    /// <summary>A bug: the behaviour threw, or gave no answer. It is in the log of this process.</summary>
    Faulted,

    /// <summary>The shard is not hosted here (any more), or the engine is stopping.</summary>
    Unavailable,
}

/// <summary>What effects are carried out with. Valid only during <see cref="IEntityHost.Release"/>.</summary>
public abstract class EffectContext
{
    /// <summary>The entity whose effect this is.</summary>
    public abstract string Self { get; }

    public abstract void Reply(object reply);

    public abstract void Tell(string persistenceId, object message);

    public abstract void SetTimer(string name, DateTimeOffset due, object message);

    public abstract void CancelTimer(string name);

    public abstract void Passivate();
}
