using System.Collections.Frozen;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Domain;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Dispatch;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>Entities in Cluster.Sharding, singletons by Cluster.Tools, on the members of role
/// <see cref="Role"/>.</summary>
public sealed class ShardingFabric : IClusterFabric
{
    /// <summary>The role of members that hold shards and serve the API.</summary>
    public const string Role = "control";

    /// <summary>Where the kinds run that there are as many of as pods and machines: on threads of their own, so that
    /// their backlog keeps nobody else waiting.</summary>
    private const string BulkDispatcher = "akka.actor.bulk-dispatcher";

    /// <summary>The same tables, and recoveries that are counted apart: a request whose entity has to be read waits for
    /// none of the thousands of new pods.</summary>
    private const string BulkJournal = "akka.persistence.journal.bulk";

    private static readonly FrozenSet<string> BulkKinds =
        FrozenSet.Create(StringComparer.Ordinal, "nodes", "pods", "replicasets.apps");

    private readonly ActorSystem _system;
    private readonly string _alone;
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ShardingFabric(ActorSystem system)
    {
        _system = system;
        var cluster = Cluster.Get(system);
        cluster.RegisterOnMemberUp(() => _joined.TrySetResult());
        var others = cluster.Settings.SeedNodes.Remove(cluster.SelfAddress)
            .Select(seed => $"{seed.Host}:{seed.Port}");
        _alone = $"not in a cluster: waiting for one of {string.Join(", ", others)}";
    }

    /// <summary>Ends when the member belongs to a cluster. It does until its actor system ends.</summary>
    public Task Joined => _joined.Task;

    public string? Problem => _joined.Task.IsCompleted ? null : _alone;

    public IEntityRegion StartRegions(Behaviors behaviors, Func<EntityKey, Props> entity)
    {
        var regions = behaviors.Resources.ToFrozenDictionary(
            resource => resource, resource => Start(resource, entity), StringComparer.Ordinal);
        return new ShardRegions(regions, Start("documents", entity));
    }

    public string JournalOf(string resource) => BulkKinds.Contains(resource) ? BulkJournal : "";

    public void ShareRows(JournalTail tail, JournalWriter writer) =>
        _system.ActorOf(Props.Create(() => new RowsGossip(tail, writer)), RowsGossip.Name);

    public IActorRef StartSingleton(string name, Props props)
    {
        _system.ActorOf(
            ClusterSingletonManager.Props(
                props, PoisonPill.Instance, ClusterSingletonManagerSettings.Create(_system).WithRole(Role)), name);
        var proxy = _system.ActorOf(
            ClusterSingletonProxy.Props(
                $"/user/{name}", ClusterSingletonProxySettings.Create(_system).WithRole(Role)), $"{name}-proxy");
        _system.ActorOf(Props.Create(() => new LossWatch(proxy)), $"{name}-losses");
        return proxy;
    }

    private IActorRef Start(string kind, Func<EntityKey, Props> entity) => ClusterSharding.Get(_system).Start(
        kind, persistenceId => entity(EntityKey.Parse(persistenceId)).WithDispatcher(
            BulkKinds.Contains(kind) ? BulkDispatcher : Dispatchers.DefaultDispatcherId),
        ClusterShardingSettings.Create(_system).WithRole(Role), EntityExtractor.Instance,
        ClusterSharding.Get(_system).DefaultShardAllocationStrategy(ClusterShardingSettings.Create(_system)),
        StopEntity.Instance);

    private sealed class ShardRegions(FrozenDictionary<string, IActorRef> byResource, IActorRef documents)
        : IEntityRegion
    {
        public void Tell(EntityEnvelope envelope, IActorRef? sender = null) =>
            (byResource.TryGetValue(envelope.To.Resource, out var region) ? region : documents).Tell(envelope, sender);
    }
}
