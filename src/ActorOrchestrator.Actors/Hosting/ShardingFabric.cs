using System.Collections.Frozen;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Telemetry;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Dispatch;
using Akka.Remote;
using Akka.Util;

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
    private readonly Func<string> _waitsFor;
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly IClusterView _view;
    private IActorRef? _look;
    private FrozenDictionary<string, IActorRef> _regions = FrozenDictionary<string, IActorRef>.Empty;

    /// <param name="system">The member's.</param>
    /// <param name="view">The cluster as the member sees it.</param>
    /// <param name="finder">What looks for the others; null: Akka's seeds are asked.</param>
    public ShardingFabric(ActorSystem system, IClusterView view, MemberFinder? finder = null)
    {
        (_system, _view) = (system, view);
        var cluster = Cluster.Get(system);
        cluster.RegisterOnMemberUp(() => _joined.TrySetResult());
        var others = cluster.Settings.SeedNodes.Remove(cluster.SelfAddress)
            .Select(seed => $"{seed.Host}:{seed.Port}");
        var seeds = $"one of {string.Join(", ", others)}";
        _waitsFor = () => finder?.LooksFor ?? seeds;
    }

    /// <summary>Ends when the member belongs to a cluster. It does until its actor system ends.</summary>
    public Task Joined => _joined.Task;

    public string? Problem => _joined.Task.IsCompleted ? null : $"not in a cluster: waiting for {_waitsFor()}";

    /// <summary>The regions of this member by their names: those of kinds with a behaviour, and
    /// <see cref="Behaviors.Documents"/>.</summary>
    public IReadOnlyDictionary<string, IActorRef> Regions => _regions;

    public string Self => MemberLook.NameOf(Cluster.Get(_system).SelfUniqueAddress);

    public bool IsAlone => Cluster.Get(_system).State.Members.Count <= 1;

    public string? MemberBefore(string release)
    {
        var needed = AppVersion.Create(release);
        return Cluster.Get(_system).State.Members.FirstOrDefault(member => member.AppVersion.CompareTo(needed) < 0)
            is { } older
            ? $"member {older.Address.Host}:{older.Address.Port} of release {older.AppVersion.Version}"
            : null;
    }

    public IEntityRegion StartRegions(Behaviors behaviors, Func<EntityKey, Props> entity)
    {
        _regions = behaviors.Resources.Append(Behaviors.Documents).ToFrozenDictionary(
            region => region, region => Start(region, entity), StringComparer.Ordinal);
        return new ShardRegions(_regions, _regions[Behaviors.Documents]);
    }

    public string JournalOf(string resource) => BulkKinds.Contains(resource) ? BulkJournal : "";

    public void ShareRows(JournalTail tail, JournalWriter writer) =>
        _system.ActorOf(Props.Create(() => new RowsGossip(tail, writer)), RowsGossip.Name);

    /// <summary>Where a shard lives is asked of the coordinator, which is lost with the oldest member: what was said
    /// lately need not be asked then.</summary>
    public TimeSpan? RouteLife => TimeSpan.FromSeconds(2);

    /// <summary>Where membership is decided, so that it waits for no entity.</summary>
    public void WatchMembers(IActorRef watcher)
    {
        _look ??= _system.ActorOf(
            Props.Create<MemberLook>().WithDispatcher(Cluster.Get(_system).Settings.UseDispatcher), "member-look");
        _look.Tell(new MemberLook.Watch(watcher));
    }

    public Func<FailureDetector>? MachineDetector
    {
        get
        {
            var settings = _system.Settings.Config.GetConfig("akka.cluster.failure-detector");
            return () => new AwakeFailureDetector(settings, _system.EventStream);
        }
    }

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
        new CountedAllocation(kind, AllocationOf(kind)), StopEntity.Instance);

    private IShardAllocationStrategy AllocationOf(string kind)
    {
        var even = ClusterSharding.Get(_system).DefaultShardAllocationStrategy(
            ClusterShardingSettings.Create(_system));

        // Akka starts the strategy that it is given, and not what that one asks.
        (even as IActorSystemDependentAllocationStrategy)?.Start(_system);
        return kind == "nodes"
            ? new NodeShardAllocation(
                even, () => _view.List(KindRegistry.Of<Node>(), null).Objects.Cast<Node>(),
                Cluster.Get(_system).SelfAddress)
            : even;
    }

    private sealed class ShardRegions(FrozenDictionary<string, IActorRef> byResource, IActorRef documents)
        : IEntityRegion
    {
        public void Tell(EntityEnvelope envelope, IActorRef? sender = null) =>
            (byResource.TryGetValue(envelope.To.Resource, out var region) ? region : documents).Tell(envelope, sender);
    }
}
