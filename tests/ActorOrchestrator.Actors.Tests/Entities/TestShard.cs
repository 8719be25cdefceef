using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Domain;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorOrchestrator.Actors.Tests.Entities;

/// <summary>An entity asks to leave memory.</summary>
internal sealed record Leaving(EntityKey Key) : INoSerializationVerificationNeeded;

/// <summary>An entity's activation has ended.</summary>
internal sealed record Ended(EntityKey Key) : INoSerializationVerificationNeeded;

/// <summary>The shard goes on with what <see cref="Leaving"/> told of.</summary>
internal sealed record LetLeave(EntityKey Key) : INoSerializationVerificationNeeded;

/// <summary>
/// What Akka's shard does for its entities: starts one with its first message, stops one that asks for it while what
/// comes meanwhile waits, and starts it again if something came. Only the step from the entity's wish to its stop is
/// the test's, for what comes between them is what goes wrong.
/// </summary>
internal sealed class TestShard(Func<EntityKey, Props> propsOf, IActorRef observer) : UntypedActor
{
    private readonly Dictionary<EntityKey, IActorRef> _entities = [];
    private readonly Dictionary<EntityKey, Queue<(object Message, IActorRef Sender)>> _held = [];

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case EntityEnvelope envelope when _held.TryGetValue(envelope.To, out var held):
                held.Enqueue((envelope, Sender));
                break;
            case EntityEnvelope envelope:
                Entity(envelope.To).Forward(envelope);
                break;
            case Passivate:
                observer.Tell(new Leaving(KeyOf(Sender)));
                break;
            case LetLeave leave:
                _held[leave.Key] = new Queue<(object, IActorRef)>();
                _entities[leave.Key].Tell(StopEntity.Instance);
                break;
            case Terminated terminated:
                OnEnded(KeyOf(terminated.ActorRef));
                break;
        }
    }

    private void OnEnded(EntityKey key)
    {
        _entities.Remove(key);
        observer.Tell(new Ended(key));
        if (_held.Remove(key, out var held))
        {
            foreach (var (waiting, sender) in held)
            {
                Entity(key).Tell(waiting, sender);
            }
        }
    }

    private EntityKey KeyOf(IActorRef entity) => _entities.Single(one => one.Value.Equals(entity)).Key;

    private IActorRef Entity(EntityKey key)
    {
        if (!_entities.TryGetValue(key, out var entity))
        {
            _entities[key] = entity = Context.Watch(Context.ActorOf(propsOf(key)));
        }

        return entity;
    }
}
