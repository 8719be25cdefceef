using System.Collections.Frozen;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Domain;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Dispatch;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>Entities in Cluster.Sharding, singletons by Cluster.Tools, on the members of role
/// <see cref="Role"/>.</summary>
public sealed class ShardingFabric(ActorSystem system) : IClusterFabric
{
    /// <summary>The role of members that hold shards and serve the API.</summary>
    public const string Role = "control";

    /// <summary>Where the kinds run that there are as many of as pods and machines: on threads of their own, so that
    /// their backlog keeps nobody else waiting.</summary>
    private const string BulkDispatcher = "akka.actor.bulk-dispatcher";

    private static readonly FrozenSet<string> BulkKinds =
        FrozenSet.Create(StringComparer.Ordinal, "nodes", "pods", "replicasets.apps");

    public IEntityRegion StartRegions(Behaviors behaviors, Func<EntityKey, Props> entity)
    {
        var regions = behaviors.Resources.ToFrozenDictionary(
            resource => resource, resource => Start(resource, entity), StringComparer.Ordinal);
        return new ShardRegions(regions, Start("documents", entity));
    }

    public void ShareRows(JournalTail tail, JournalWriter writer) =>
        system.ActorOf(Props.Create(() => new RowsGossip(tail, writer)), RowsGossip.Name);

    public IActorRef StartSingleton(string name, Props props)
    {
        system.ActorOf(
            ClusterSingletonManager.Props(
                props, PoisonPill.Instance, ClusterSingletonManagerSettings.Create(system).WithRole(Role)), name);
        var proxy = system.ActorOf(
            ClusterSingletonProxy.Props(
                $"/user/{name}", ClusterSingletonProxySettings.Create(system).WithRole(Role)), $"{name}-proxy");
        system.ActorOf(Props.Create(() => new LossWatch(proxy)), $"{name}-losses");
        return proxy;
    }

    private IActorRef Start(string kind, Func<EntityKey, Props> entity) => ClusterSharding.Get(system).Start(
        kind, persistenceId => entity(EntityKey.Parse(persistenceId)).WithDispatcher(
            BulkKinds.Contains(kind) ? BulkDispatcher : Dispatchers.DefaultDispatcherId),
        ClusterShardingSettings.Create(system).WithRole(Role), EntityExtractor.Instance,
        ClusterSharding.Get(system).DefaultShardAllocationStrategy(ClusterShardingSettings.Create(system)),
        StopEntity.Instance);

    private sealed class ShardRegions(FrozenDictionary<string, IActorRef> byResource, IActorRef documents)
        : IEntityRegion
    {
        public void Tell(EntityEnvelope envelope, IActorRef? sender = null) =>
            (byResource.TryGetValue(envelope.To.Resource, out var region) ? region : documents).Tell(envelope, sender);
    }
}
