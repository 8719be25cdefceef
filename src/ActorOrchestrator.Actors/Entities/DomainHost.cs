using ActorOrchestrator.Actors.Events;
using ActorOrchestrator.Actors.Priorities;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Runtime;

namespace ActorOrchestrator.Actors.Entities;

/// <summary>Binds the domain to the engine: makes entities by their resource, and carries out their effects.</summary>
internal sealed class DomainHost(Behaviors behaviors, IIdSource ids, PriorityBook priorities, IEffectSink sink)
    : IEntityHost
{
    public object RevisitMessage => Reconcile.Instance;

    public IEntity Create(string persistenceId)
    {
        var key = EntityKey.Parse(persistenceId);
        var behavior = behaviors.For(key.Resource);
        return new DomainEntity(key, behavior, ids, priorities, behavior is DocumentBehavior);
    }

    public EventClass Classify(object @event) => ((DomainEvent)@event).Scope switch
    {
        EventScope.Object => EventClass.Versioned,
        EventScope.Private => EventClass.Private,
        _ => EventClass.Volatile,
    };

    public (string Manifest, ReadOnlyMemory<byte> Payload) Encode(string persistenceId, object @event) =>
        EventCodec.Encode((DomainEvent)@event);

    public object Decode(string persistenceId, string manifest, ReadOnlyMemory<byte> payload) =>
        EventCodec.Decode(EntityKey.Parse(persistenceId).Resource, manifest, payload.Span);

    public void Release(object effect, EffectContext context)
    {
        switch ((Effect)effect)
        {
            case Effect.Answer answer:
                context.Reply(answer.Reply);
                break;
            case Effect.Tell tell:
                context.Tell(tell.To.ToString(), tell.Message);
                break;
            case Effect.SetTimer timer:
                context.SetTimer(timer.Name, timer.Due, timer.Message);
                break;
            case Effect.CancelTimer timer:
                context.CancelTimer(timer.Name);
                break;
            case Effect.Passivate:
                context.Passivate();
                break;
            case Effect.Reconcile:
                break;
            case Effect.RecordEvent note:
                sink.Record(note);
                break;
            case Effect.FindAdoptable query:
                sink.FindAdoptable(EntityKey.Parse(context.Self), query);
                break;
            default:
                throw new InvalidOperationException($"nobody carries out {effect.GetType().Name}");
        }
    }
}

/// <summary>Where effects go that are more than the engine's own.</summary>
internal interface IEffectSink
{
    void Record(Effect.RecordEvent note);

    void FindAdoptable(EntityKey asker, Effect.FindAdoptable query);
}
