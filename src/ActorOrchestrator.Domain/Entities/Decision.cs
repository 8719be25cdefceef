using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain;

/// <summary>What an entity decided: events to persist and apply, and effects to release once they are durable.
/// A decider builds one and returns it.</summary>
public sealed class Decision
{
    private List<DomainEvent>? _events;
    private List<Effect>? _effects;

    public IReadOnlyList<DomainEvent> Events => _events ?? (IReadOnlyList<DomainEvent>)[];

    public IReadOnlyList<Effect> Effects => _effects ?? (IReadOnlyList<Effect>)[];

    public Decision Emit(DomainEvent @event)
    {
        (_events ??= []).Add(@event);
        return this;
    }

    public Decision Add(Effect effect)
    {
        (_effects ??= []).Add(effect);
        return this;
    }

    public Decision Tell(EntityKey to, Message message) => Add(new Effect.Tell(to, message));

    public Decision Reply(Reply reply) => Add(new Effect.Answer(reply));

    public Decision Reconcile() => Add(Effect.Reconcile.Instance);

    public Decision SetTimer(string name, DateTimeOffset due, Message message) =>
        Add(new Effect.SetTimer(name, due, message));

    public Decision CancelTimer(string name) => Add(new Effect.CancelTimer(name));

    /// <summary>Records a core/v1 Event about <paramref name="regarding"/>.</summary>
    public Decision RecordEvent(KubeObject regarding, string type, string reason, string message, string component) =>
        Add(new Effect.RecordEvent(regarding, type, reason, message, component));

    /// <summary>Appends another decision's events and effects to this one's.</summary>
    public Decision Then(Decision next)
    {
        foreach (var @event in next.Events)
        {
            Emit(@event);
        }

        foreach (var effect in next.Effects)
        {
            Add(effect);
        }

        return this;
    }
}

/// <summary>What leaves an entity, as data. Released in order, and only after the decision's events are
/// durable.</summary>
public abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>Answers the command being decided; ignored if the message had no asker.</summary>
    public sealed record Answer(Reply Reply) : Effect;

    public sealed record Tell(EntityKey To, Message Message) : Effect;

    /// <summary>Delivers <paramref name="Message"/> to this entity at <paramref name="Due"/>; a timer of the same name
    /// is replaced. Timers are not durable: OnRecoveryCompleted sets them again.</summary>
    public sealed record SetTimer(string Name, DateTimeOffset Due, Message Message) : Effect;

    public sealed record CancelTimer(string Name) : Effect;

    /// <summary>Delivers <see cref="Domain.Reconcile"/> to this entity once, after the other messages of the
    /// batch.</summary>
    public sealed record Reconcile : Effect
    {
        public static readonly Reconcile Instance = new();
    }

    /// <summary>Records a core/v1 Event; equal ones are counted up.</summary>
    public sealed record RecordEvent(
        KubeObject Regarding, string Type, string Reason, string Message, string Component) : Effect;

    /// <summary>Asks for the objects in the entity's namespace that match, have no controller, and are of the kinds
    /// that the entity's kind owns; the answer is one <see cref="AdoptableFound"/> (perhaps empty).</summary>
    public sealed record FindAdoptable(LabelSelector Selector) : Effect;

    /// <summary>Asks which nodes are fit for the entity's pods; the answer is one
    /// <see cref="DaemonSets.NodesMatched"/>.</summary>
    public sealed record FindNodes : Effect
    {
        public static readonly FindNodes Instance = new();
    }
}

/// <summary>Time to reconcile: the state holds everything that the batch changed.</summary>
public sealed record Reconcile : Message
{
    public static readonly Reconcile Instance = new();
}
