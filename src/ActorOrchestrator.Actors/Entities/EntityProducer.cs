using ActorOrchestrator.Domain;
using Akka.Actor;

namespace ActorOrchestrator.Actors.Entities;

/// <summary>Makes an entity's actor without reflection: tens of thousands are made in a busy second.</summary>
internal sealed class EntityProducer(EntityKey key, EntityServices services, string journal) : IIndirectActorProducer
{
    public Type ActorType => typeof(EntityActor);

    public ActorBase Produce() => new EntityActor(key, services, journal);

    public void Release(ActorBase actor)
    {
    }
}
