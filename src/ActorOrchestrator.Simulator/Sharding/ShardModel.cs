using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Sharding;

/// <summary>
/// What Cluster, Cluster.Sharding and the singletons do among the members, without them: they block while they start.
/// The model is harsher than the real ones: shards move at any time, now and then a shard has two homes, and so has the
/// singleton; a member that was frozen or cut off goes on as if nothing had happened until it hears that the others
/// have given it up.
/// <code>
///   joins ─► has shards ─► dead, frozen or cut off ─► given up: its shards go to others ─► hears of it, and ends
/// </code>
/// </summary>
internal sealed class ShardModel(SimulationLoop loop, SimulatedNetwork network, Dice dice, Func<ShardWeather> weather)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SettleMost = TimeSpan.FromMilliseconds(100);

    private readonly List<SimulatedFabric> _members = [];
    private readonly SimulatedFabric?[] _owners = new SimulatedFabric?[EntityExtractor.Shards];
    private readonly bool[] _isMoving = new bool[EntityExtractor.Shards];
    private readonly Dictionary<SimulatedFabric, DateTimeOffset> _givenUpAt = [];
    private readonly Dictionary<string, DateTimeOffset> _deafUntil = new(StringComparer.Ordinal);
    private SimulatedFabric? _singletonHost;
    private DateTimeOffset _unsettledAt = loop.Now;
    private DateTimeOffset _doubledAt = DateTimeOffset.MinValue;
    private int _doubles;
    private bool _isLooking;

    public SimulatedNetwork Network => network;

    /// <summary>Whom of those that carry nodes the members hear.</summary>
    public MemberSight Sight { get; } = new(loop, network, dice);

    /// <summary>Hears what members send to entities, whether it arrives or not.</summary>
    public Action<EntityEnvelope> OnTold { get; init; } = static _ => { };

    /// <summary>Counts what happens to shards.</summary>
    public Action<string> OnFault { get; init; } = static _ => { };

    /// <summary>The others have given up this process, and it hears of that: it is to end.</summary>
    public Action<SimulatedProcess> OnDowned { get; init; } = static _ => { };

    /// <summary>Members that the cluster counts on.</summary>
    public IReadOnlyList<SimulatedFabric> Members => _members;

    /// <summary>Whether each shard and the singleton have one home, and have had it for some seconds.</summary>
    public bool IsSettled => _unsettledAt + SettledAfter < loop.Now;

    /// <summary>When there may have been two singletons the last time, or the one began on another member, which may
    /// not have seen yet what its predecessor did.</summary>
    public DateTimeOffset SingletonDoubledAt { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>When an entity may have been active twice the last time.</summary>
    public DateTimeOffset DoubledAt => _doubles > 0 ? loop.Now : _doubledAt;

    /// <summary>Hears when no entity is active twice any more.</summary>
    public Action OnDoublesOver { get; init; } = static () => { };

    /// <summary>How often the next message without an answer arrives.</summary>
    public int Copies()
    {
        var now = weather();
        if (dice.Chance(now.LossChance))
        {
            OnFault("entity message lost");
            return 0;
        }

        if (!dice.Chance(now.DoubleChance))
        {
            return 1;
        }

        OnFault("entity message doubled");
        return 2;
    }

    /// <summary>A member that comes back under its address tells the others that its former life is over; one that is
    /// alone has everything at once.</summary>
    public void Join(SimulatedFabric fabric)
    {
        foreach (var former in _members
            .Where(one => one.Process.IsDead && one.Process.Host == fabric.Process.Host).ToList())
        {
            GiveUp(former);
        }

        _members.Add(fabric);
        for (var shard = 0; shard < _owners.Length; shard++)
        {
            fabric.See(shard, _owners[shard]);
        }

        fabric.SeeSingleton(_singletonHost);
        if (_members.TrueForAll(one => one == fabric))
        {
            Assign([fabric]);
        }

        if (!_isLooking)
        {
            _isLooking = true;
            LookLater();
        }
    }

    /// <summary>For a while whoever lives on a host does not hear that it was given up.</summary>
    public void Deafen(string host, TimeSpan wait) => _deafUntil[host] = loop.Now + wait;

    public bool AnyDeaf => _deafUntil.Values.Any(until => until > loop.Now);

    /// <summary>Where an entity is; null while its shard moves.</summary>
    public SimulatedFabric? HomeOf(EntityKey entity) => _owners[EntityExtractor.ShardNumber(entity.ToString())];

    /// <summary>A shard goes to another member; its entities have so long to stop.</summary>
    public void Move(int shard, SimulatedFabric to, TimeSpan handOffMax)
    {
        if (_owners[shard] is not { } from || from == to || _isMoving[shard])
        {
            return;
        }

        OnFault("shard moved");
        _isMoving[shard] = true;
        SetOwner(shard, null);
        var isHandedOver = false;
        var stops = BeginDouble(from);
        loop.After(SettleMost, () => from.HandOff(shard, () =>
        {
            stops();
            HandOver();
        }));
        loop.After(SettleMost + handOffMax, HandOver);

        void HandOver()
        {
            if (!isHandedOver)
            {
                isHandedOver = true;
                _isMoving[shard] = false;
                SetOwner(shard, _members.Contains(to) ? to : null);
            }
        }
    }

    /// <summary>For a while a member takes itself for the home of a shard that is another's.</summary>
    public void Usurp(int shard, SimulatedFabric by, TimeSpan wait)
    {
        if (_owners[shard] == by || _isMoving[shard])
        {
            return;
        }

        OnFault("shard with two homes");
        Unsettle(loop.Now + wait);
        var ends = BeginDouble(by);
        by.Process.Enter(() => by.See(shard, by));
        loop.After(wait, () => by.Process.Enter(() =>
        {
            if (_owners[shard] == by)
            {
                ends();
                return;
            }

            by.See(shard, _owners[shard]);
            by.HandOff(shard, ends);
        }));
    }

    /// <summary>For a while there is a second singleton.</summary>
    public void DoubleSingleton(SimulatedFabric on, TimeSpan wait)
    {
        if (_singletonHost == on)
        {
            return;
        }

        OnFault("two singletons");
        SingletonDoubledAt = loop.Now + wait;
        Unsettle(loop.Now + wait);
        on.RunSingleton();
        on.SeeSingleton(on);
        loop.After(wait, () =>
        {
            if (_singletonHost != on)
            {
                on.SeeSingleton(_singletonHost);
                on.StopSingleton();
            }
        });
    }

    private void LookLater() => loop.After(LookEvery, () =>
    {
        Look();
        LookLater();
    });

    private void Look()
    {
        var core = Core();
        foreach (var member in _members.ToList())
        {
            var isAlone = core.Count == 0 && !member.Process.IsDead;
            if (isAlone || core.Contains(member))
            {
                _givenUpAt.Remove(member);
            }
            else if (!_givenUpAt.TryGetValue(member, out var at))
            {
                _givenUpAt.Add(member, loop.Now + dice.Between(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(4)));
            }
            else if (at <= loop.Now)
            {
                GiveUp(member);
            }
        }

        Assign(core);
        Rebalance(core);
        Sight.Look(core);
    }

    /// <summary>The largest group of members that run and hear each other; of equals, the one with the
    /// oldest.</summary>
    private List<SimulatedFabric> Core()
    {
        var best = new List<SimulatedFabric>();
        foreach (var first in _members.Where(IsRunning))
        {
            var group = new List<SimulatedFabric> { first };
            foreach (var other in _members.Where(other => other != first && IsRunning(other)))
            {
                if (group.TrueForAll(one => AreConnected(one, other)))
                {
                    group.Add(other);
                }
            }

            best = group.Count > best.Count ? group : best;
        }

        return best;
    }

    private void GiveUp(SimulatedFabric member)
    {
        _members.Remove(member);
        _givenUpAt.Remove(member);
        for (var shard = 0; shard < _owners.Length; shard++)
        {
            if (_owners[shard] == member)
            {
                SetOwner(shard, null);
            }
        }

        if (_singletonHost == member)
        {
            SetSingletonHost(null);
        }

        if (!member.Process.IsDead)
        {
            OnFault("member given up");
            BeginDouble(member);
            HearOfIt(member);
        }
    }

    /// <summary>It may go on for a while, and longer while it is frozen or deaf.</summary>
    private void HearOfIt(SimulatedFabric member) =>
        loop.After(dice.Between(TimeSpan.Zero, TimeSpan.FromSeconds(8)), () =>
        {
            if (member.Process.IsFrozen || _deafUntil.GetValueOrDefault(member.Process.Host) > loop.Now)
            {
                HearOfIt(member);
            }
            else if (!member.Process.IsDead)
            {
                OnDowned(member.Process);
            }
        });

    private void Assign(List<SimulatedFabric> core)
    {
        if (core.Count == 0)
        {
            return;
        }

        for (var shard = 0; shard < _owners.Length; shard++)
        {
            if (_owners[shard] is null && !_isMoving[shard])
            {
                SetOwner(shard, core.MinBy(SharesOf));
            }
        }

        if (_singletonHost is null)
        {
            SetSingletonHost(core[0]);
            core[0].RunSingleton();
        }
    }

    /// <summary>One shard at a time, as long as one member has two more than another.</summary>
    private void Rebalance(List<SimulatedFabric> core)
    {
        if (core.Count < 2 || core.Count < _members.Count || _isMoving.Contains(true))
        {
            return;
        }

        var (most, least) = (core.MaxBy(SharesOf)!, core.MinBy(SharesOf)!);
        if (SharesOf(most) > SharesOf(least) + 1)
        {
            Move(Array.IndexOf(_owners, most), least, dice.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)));
        }
    }

    private int SharesOf(SimulatedFabric member) => _owners.Count(owner => owner == member);

    /// <summary>The members hear of it one after the other.</summary>
    private void SetOwner(int shard, SimulatedFabric? owner)
    {
        _owners[shard] = owner;
        Unsettle(loop.Now);
        owner?.Process.Enter(() => owner.See(shard, owner));
        foreach (var member in _members.Where(one => one != owner))
        {
            loop.After(dice.Between(TimeSpan.Zero, SettleMost), () => member.Process.Enter(() =>
            {
                if (_members.Contains(member))
                {
                    member.See(shard, _owners[shard]);
                }
            }));
        }
    }

    private void SetSingletonHost(SimulatedFabric? host)
    {
        _singletonHost = host;
        SingletonDoubledAt = SingletonDoubledAt > loop.Now ? SingletonDoubledAt : loop.Now;
        Unsettle(loop.Now);
        host?.SeeSingleton(host);
        foreach (var member in _members.Where(one => one != host))
        {
            loop.After(dice.Between(TimeSpan.Zero, SettleMost), () => member.Process.Enter(
                () => member.SeeSingleton(_singletonHost)));
        }
    }

    /// <summary>Entities of a member may be active elsewhere too, until what this returns is called or the member
    /// dies.</summary>
    private Action BeginDouble(SimulatedFabric member)
    {
        var isOver = member.Process.IsDead;
        _doubles += isOver ? 0 : 1;
        member.Process.WhenKilled(End);
        return End;

        void End()
        {
            if (!isOver)
            {
                isOver = true;
                _doubledAt = loop.Now;
                if (--_doubles == 0)
                {
                    OnDoublesOver();
                }
            }
        }
    }

    private void Unsettle(DateTimeOffset until) => _unsettledAt = _unsettledAt > until ? _unsettledAt : until;

    private static bool IsRunning(SimulatedFabric member) => member.Process is { IsDead: false, IsFrozen: false };

    private bool AreConnected(SimulatedFabric one, SimulatedFabric other) =>
        !network.IsCut(one.Process.Host, other.Process.Host) && !network.IsCut(other.Process.Host, one.Process.Host);
}
