using ActorOrchestrator.Actors.Priorities;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Runtime;

namespace ActorOrchestrator.Actors.Entities;

/// <summary>An entity of the domain as the engine hosts it: a key, a behaviour and a state.</summary>
internal sealed class DomainEntity(
    EntityKey key, IBehavior behavior, IIdSource ids, PriorityBook priorities, bool mayPassivate) : IEntity
{
    private object _state = behavior.Empty;

    public EntityKey Key => key;

    public bool IsGone => behavior.IsGone(_state);

    public bool MayPassivate => mayPassivate;

    /// <summary>The object, for kinds that are API objects.</summary>
    public ObjectState State => (ObjectState)_state;

    public Step Decide(object message, in StepContext context) =>
        ToStep(behavior.Decide(key, _state, (Message)message, DecisionOf(context)));

    public Step Recover(in StepContext context) =>
        ToStep(behavior.OnRecoveryCompleted(key, _state, DecisionOf(context)));

    public void Apply(object @event) => _state = behavior.Apply(_state, (DomainEvent)@event);

    public IReadOnlyList<object> History() => behavior.History(_state);

    private DecisionContext DecisionOf(in StepContext context) =>
        new(context.Now, context.Version, ids, priorities.Current);

    private static Step ToStep(Decision decision)
    {
        var revisit = false;
        foreach (var effect in decision.Effects)
        {
            revisit |= effect is Effect.Reconcile;
        }

        return new Step(decision.Events, decision.Effects, revisit);
    }
}
