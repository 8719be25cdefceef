using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Time;
using Akka.Actor;

namespace ActorOrchestrator.Simulator.Sharding;

/// <summary>One member's part in <see cref="ShardModel"/>: where it believes the shards to be, and what it does
/// then.</summary>
internal sealed class SimulatedFabric : IClusterFabric
{
    /// <summary>As Akka's regions: what comes for a shard without a home waits, up to so many.</summary>
    private const int BufferMax = 1_000;

    /// <summary>How often a message may be sent on, because whoever got it does not have the shard.</summary>
    private const int HopsMax = 4;

    /// <summary>What a member asks of its own accord, should it not have been told of another's commit.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly ShardModel _model;
    private readonly ActorSystem _system;
    private readonly SimulatedFabric?[] _homes = new SimulatedFabric?[EntityExtractor.Shards];
    private readonly Queue<(EntityEnvelope Envelope, IActorRef? Sender)>[] _waiting =
        [.. Enumerable.Range(0, EntityExtractor.Shards).Select(_ => new Queue<(EntityEnvelope, IActorRef?)>())];

    private readonly Dictionary<SimulatedFabric, SimulatedLink> _links = [];
    private readonly Dictionary<EntityKey, Resident> _residents = [];
    private JournalTail? _tail;
    private JournalWriter? _writer;
    private bool _isTellQueued;
    private IActorRef _region = ActorRefs.Nobody;
    private IActorRef? _singleton;
    private Props? _singletonProps;
    private string _singletonName = "";
    private SimulatedFabric? _singletonHome;
    private int _singletons;

    public SimulatedFabric(ShardModel model, SimulatedProcess process, ActorSystem system) =>
        (_model, Process, _system) = (model, process, system);

    public SimulatedProcess Process { get; }

    /// <summary>The entities in memory.</summary>
    public IReadOnlyCollection<EntityKey> Residents => _residents.Keys;

    public string? Problem => null;

    public string Self => Process.Name;

    public bool IsAlone => _model.Members.Count <= 1;

    public IEntityRegion StartRegions(Behaviors behaviors, Func<EntityKey, Props> entity)
    {
        _region = _system.ActorOf(Props.Create(() => new RegionActor(entity, _residents)), "entities");
        _model.Join(this);
        return new Region(this);
    }

    /// <summary>Members tell each other that there are new rows, many commits at once; and each looks by itself,
    /// seldom.</summary>
    public void ShareRows(JournalTail tail, JournalWriter writer)
    {
        (_tail, _writer) = (tail, writer);
        writer.OnCommitted = _ =>
        {
            if (!_isTellQueued)
            {
                _isTellQueued = true;
                Process.Schedule(TellOfRows);
            }
        };
        _system.Scheduler.Advanced.ScheduleRepeatedly(LookEvery, LookEvery, writer.CatchUp);
    }

    public void WatchMembers(IActorRef watcher) => _model.Sight.Watch(this, watcher);

    public IActorRef StartSingleton(string name, Props props)
    {
        (_singletonName, _singletonProps) = (name, props);
        return new SingletonRef(
            new RootActorPath(Address.AllSystems) / name, ((ExtendedActorSystem)_system).Provider, TellSingleton);
    }

    /// <summary>The member hears where a shard lives; null while nobody has it.</summary>
    public void See(int shard, SimulatedFabric? home)
    {
        _homes[shard] = home;
        while (_homes[shard] is not null && _waiting[shard].TryDequeue(out var waiting))
        {
            Route(waiting.Envelope, waiting.Sender, hops: 0);
        }
    }

    public SimulatedFabric? HomeOf(int shard) => _homes[shard];

    /// <summary>The entities of a shard stop here.</summary>
    public void HandOff(int shard, Action done) =>
        Process.Enter(() => _region.Tell(new HandOff(shard, done), ActorRefs.NoSender));

    public void SeeSingleton(SimulatedFabric? home) => _singletonHome = home;

    public void RunSingleton() => Process.Enter(
        () => _singleton ??= _system.ActorOf(_singletonProps!, $"{_singletonName}-{++_singletons}"));

    public void StopSingleton() => Process.Enter(() =>
    {
        if (_singleton is { } running)
        {
            _singleton = null;
            _system.Stop(running);
        }
    });

    private void TellOfRows()
    {
        _isTellQueued = false;
        var ordering = _tail!.Ordering;
        foreach (var other in _model.Members.Where(other => other != this))
        {
            _model.Network.Send(Process, other.Process, () => other.HearOfRows(ordering));
        }
    }

    private void HearOfRows(long ordering)
    {
        if (_tail is { } tail && tail.Ordering < ordering)
        {
            _writer!.CatchUp();
        }
    }

    private void Route(EntityEnvelope envelope, IActorRef? sender, int hops)
    {
        var shard = EntityExtractor.ShardNumber(envelope.EntityId);
        if (_homes[shard] is not { } home)
        {
            if (_waiting[shard].Count < BufferMax)
            {
                _waiting[shard].Enqueue((envelope, sender));
            }
        }
        else if (home == this)
        {
            _region.Tell(envelope, sender);
        }
        else if (hops < HopsMax)
        {
            LinkTo(home).Send(() => home.Route(envelope, RemoteTo(home, sender), hops + 1));
        }
    }

    /// <summary>Whoever waits for the answer, as an actor of another member sees it.</summary>
    private IActorRef? RemoteTo(SimulatedFabric home, IActorRef? sender) => sender is null || sender.IsNobody()
        ? null
        : new RemoteRef(
            sender, ((ExtendedActorSystem)home._system).Provider, deliver => home.LinkTo(this).Send(deliver));

    private void TellSingleton(object message)
    {
        if (_singletonHome == this)
        {
            _singleton?.Tell(message, ActorRefs.NoSender);
        }
        else if (_singletonHome is { } home)
        {
            LinkTo(home).Send(() => home.TellOwnSingleton(message));
        }
    }

    private void TellOwnSingleton(object message) => _singleton?.Tell(message, ActorRefs.NoSender);

    private SimulatedLink LinkTo(SimulatedFabric other)
    {
        if (!_links.TryGetValue(other, out var link))
        {
            _links.Add(other, link = new SimulatedLink(_model.Network, Process, other.Process));
        }

        return link;
    }

    private sealed class Region(SimulatedFabric fabric) : IEntityRegion
    {
        public void Tell(EntityEnvelope envelope, IActorRef? sender = null)
        {
            fabric._model.OnTold(envelope);
            for (var copies = envelope.RequestId == 0 ? fabric._model.Copies() : 1; copies > 0; copies--)
            {
                fabric.Route(envelope, sender, hops: 0);
            }
        }
    }
}
