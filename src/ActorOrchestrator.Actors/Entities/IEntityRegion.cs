using Akka.Actor;

namespace ActorOrchestrator.Actors.Entities;

/// <summary>The way to every entity of the cluster, wherever it lives: Cluster.Sharding, or the simulator's model of
/// it.</summary>
public interface IEntityRegion
{
    /// <summary>Delivers at most once. <paramref name="sender"/> hears a command's answer; null for a message
    /// without one.</summary>
    void Tell(EntityEnvelope envelope, IActorRef? sender = null);
}
