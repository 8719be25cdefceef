using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Domain;
using Akka.Actor;
using Akka.Remote;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>What places actors in the cluster: Cluster.Sharding and its singletons, or the simulator's model of
/// them.</summary>
public interface IClusterFabric
{
    /// <summary>Why no entity can be reached from this member; null when it belongs to a cluster.</summary>
    string? Problem { get; }

    /// <summary>This member: its address, and which life of it this is.</summary>
    string Self { get; }

    /// <summary>Whether nobody else belongs to the cluster.</summary>
    bool IsAlone { get; }

    /// <returns>A member of a release before the given one, for people; null where there is none.</returns>
    string? MemberBefore(string release) => null;

    /// <summary>Starts a region for each kind that has a behaviour, and one for documents.</summary>
    IEntityRegion StartRegions(Behaviors behaviors, Func<EntityKey, Props> entity);

    /// <summary>The journal plugin by which entities of a kind recover and persist; empty for Akka's default one. Each
    /// plugin bounds its recoveries by itself.</summary>
    string JournalOf(string resource) => "";

    /// <summary>Has the members tell each other of rows that they commit.</summary>
    void ShareRows(JournalTail tail, JournalWriter writer);

    /// <summary>Tells <paramref name="watcher"/> whom this member hears (<see cref="MembersSeen"/>), now and whenever
    /// that changes.</summary>
    void WatchMembers(IActorRef watcher);

    /// <summary>How often something has to be told to an entity of each shard, so that what must not wait does not have
    /// to look for it; null: that is no matter.</summary>
    TimeSpan? RouteLife => null;

    /// <summary>What judges by the signs of life of one machine whether it is heard, as members judge each other; null:
    /// nothing does.</summary>
    Func<FailureDetector>? MachineDetector => null;

    /// <summary>Starts an actor that the cluster has once.</summary>
    /// <returns>The way to it, from this member.</returns>
    IActorRef StartSingleton(string name, Props props);
}
