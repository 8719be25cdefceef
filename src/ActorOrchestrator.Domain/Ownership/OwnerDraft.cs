using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>An owner's decision being made. What it shows of itself (status, annotations) is collected in
/// <see cref="Shown"/> and published as one event, so that watchers see one change for one decision.</summary>
public sealed class OwnerDraft<TState, TOwner>(Behavior<TState> behavior, TState state)
    : Draft<TState>(behavior, state) where TState : ObjectState where TOwner : KubeObject
{
    public TOwner Shown { get; set; } = (TOwner)state.Object!;

    public void Publish(EntityKey self)
    {
        var before = State.Object!;
        if (Shown == before)
        {
            return;
        }

        Emit(Shown.Metadata == before.Metadata ? new StatusChanged(Shown.GetStatus()!) : new ObjectReplaced(Shown));
        ObjectLifecycle.ReportToController(self, Shown, Decision);
    }
}
