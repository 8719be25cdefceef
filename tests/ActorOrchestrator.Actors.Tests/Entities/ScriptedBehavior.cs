using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Tests.Entities;

/// <summary>Documents' behaviour, where the test does not say otherwise.</summary>
internal sealed class ScriptedBehavior : Behavior<ObjectState>
{
    private static readonly DocumentBehavior Documents = new();

    private readonly Lock _lock = new();
    private readonly List<Message> _seen = [];

    /// <summary>What becomes of a message; null: as a document decides.</summary>
    public Func<ObjectState, Message, DecisionContext, Decision?> OnMessage { get; set; } = (_, _, _) => null;

    public Func<ObjectState, DecisionContext, Decision> OnRecovered { get; set; } = (_, _) => new Decision();

    /// <summary>Runs before an event is applied.</summary>
    public Action<DomainEvent> OnApply { get; set; } = _ => { };

    public Func<ObjectState, bool> Rests { get; set; } = _ => true;

    /// <summary>What was to be decided, in order.</summary>
    public IReadOnlyList<Message> Seen
    {
        get
        {
            lock (_lock)
            {
                return [.. _seen];
            }
        }
    }

    protected override ObjectState Initial => ObjectState.Absent;

    public override Decision Decide(
        EntityKey self, ObjectState state, Message message, in DecisionContext context)
    {
        if (message is Command { DryRun: true })
        {
            return Documents.Decide(self, state, message, context);
        }

        lock (_lock)
        {
            _seen.Add(message);
        }

        return OnMessage(state, message, context) ?? Documents.Decide(self, state, message, context);
    }

    public override ObjectState Apply(ObjectState state, DomainEvent @event)
    {
        OnApply(@event);
        return @event.Scope == EventScope.Object ? Documents.Apply(state, @event) : state;
    }

    public override Decision OnRecoveryCompleted(EntityKey self, ObjectState state, in DecisionContext context) =>
        OnRecovered(state, context);

    public override IReadOnlyList<DomainEvent> History(ObjectState state) => Documents.History(state);

    public override bool IsGone(ObjectState state) => state.Object is null;

    public override bool IsAtRest(ObjectState state) => Rests(state);
}
