namespace ActorOrchestrator.Domain;

/// <summary>A decision of several steps being made: each event is applied at once to the draft's state, so that the
/// next step decides on what the former left.</summary>
public class Draft<TState>(Behavior<TState> behavior, TState state) where TState : class
{
    public TState State { get; private set; } = state;

    public Decision Decision { get; } = new();

    public void Emit(DomainEvent @event)
    {
        Decision.Emit(@event);
        State = behavior.Apply(State, @event);
    }
}
