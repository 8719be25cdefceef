using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Projections;
using Akka.Actor;

namespace ActorOrchestrator.Actors.Nodes;

/// <summary>
/// Tells nodes that the member that carries them is not heard any more. Every member has one of these, and the first
/// of those that hear each other speaks: so none has to start when a member is lost. What a Node does not show is told
/// again; of members that this one has never heard nothing is said, for they may be about to be heard.
/// The ways to the nodes are kept known meanwhile: when a member is lost there may be nobody to ask.
/// <code>
///   members heard ─► MembersSeen ─┐
///                                 ├─► a Node's member is not among them, and the Node does not know ─► MemberUnheard
///   the view ──────► the Nodes ───┘
/// </code>
/// Which machines that only run pods were connected to it nobody else knows; so all of their Nodes hear that it is lost
/// (<see cref="CarrierUnheard"/>).
/// </summary>
internal sealed class NodeWatch(ClusterView view, IEntityRegion region, TimeProvider time, TimeSpan? routeLife)
    : UntypedActor, IViewListener, IWithTimers
{
    /// <summary>A heartbeat that gets through although its member is not heard makes the node ready again, so this is
    /// how often it may change then.</summary>
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(1);

    private const int MachinesToldTimes = 5;

    private readonly IActorRef _self = Context.Self;

    /// <summary>The member of each node that would be news to it.</summary>
    private readonly SortedDictionary<string, string> _members = new(StringComparer.Ordinal);

    /// <summary>Nodes of machines that are no members.</summary>
    private readonly SortedSet<string> _machines = new(StringComparer.Ordinal);

    /// <summary>Members that were heard and are not any more, and how often machines were told of it.</summary>
    private readonly SortedDictionary<string, int> _lost = new(StringComparer.Ordinal);

    private readonly Dictionary<string, (string Member, DateTimeOffset At)> _told = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private MembersSeen? _seen;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        view.Listen(this);
        if (routeLife is { } life)
        {
            Timers.StartPeriodicTimer(nameof(RoutesDue), RoutesDue.Instance, life);
        }
    }

    protected override void PostStop() => view.Unlisten(this);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MembersSeen seen:
                See(seen);
                break;
            case RoutesDue:
                KeepRoutes();
                return;
            case NodeSeen node:
                See(node);
                break;
            case MachinesDue:
                TellMachines();
                return;
        }

        Tell();
    }

    private void See(NodeSeen node)
    {
        _machines.Remove(node.Name);
        if (node.IsMachines)
        {
            _machines.Add(node.Name);
        }

        if (node.Member is { } member)
        {
            _members[node.Name] = member;
        }
        else
        {
            _members.Remove(node.Name);
        }
    }

    void IViewListener.OnChange(ObjectChange change)
    {
        if ((change.New ?? change.Old) is Node && SeenOf(change.New) is var now && now != SeenOf(change.Old))
        {
            _self.Tell(now, ActorRefs.NoSender);
        }

        NodeSeen SeenOf(KubeObject? value) => value is Node node
            ? new NodeSeen(change.Key.Name, NodeMembers.Expected(node), IsMachines: MemberNote.Of(node) is null)
            : new NodeSeen(change.Key.Name, Member: null, IsMachines: false);
    }

    void IViewListener.OnCaughtUp()
    {
    }

    private void See(MembersSeen seen)
    {
        foreach (var lost in (_seen?.Heard ?? seen.Heard).Where(member => !seen.Heard.Contains(member)))
        {
            _lost[lost] = 0;
        }

        foreach (var back in seen.Heard)
        {
            _lost.Remove(back);
        }

        _seen = seen;
        TellMachines();
        _known.IntersectWith(_members.Values);
        _known.UnionWith(seen.Heard);
        _known.UnionWith(seen.Unheard);
    }

    /// <summary>For as long as it may take until the Nodes that were on it are elsewhere.</summary>
    private void TellMachines()
    {
        if (_seen is not { Speaks: true } || _lost.Count == 0)
        {
            return;
        }

        foreach (var member in _lost.Keys.ToList())
        {
            foreach (var machine in _machines)
            {
                region.Tell(new EntityEnvelope(KeyOf(machine), new CarrierUnheard(member)));
            }

            if (++_lost[member] == MachinesToldTimes)
            {
                _lost.Remove(member);
            }
        }

        Timers.StartSingleTimer(nameof(MachinesDue), MachinesDue.Instance, TellAgain);
    }

    /// <summary>One node of each shard is as good as all.</summary>
    private void KeepRoutes()
    {
        foreach (var node in _members.Keys.Concat(_machines).Select(KeyOf)
            .DistinctBy(node => EntityExtractor.ShardNumber(node.ToString())))
        {
            region.Tell(new EntityEnvelope(node, Wake.Instance));
        }
    }

    private void Tell()
    {
        if (_seen is not { Speaks: true } seen)
        {
            return;
        }

        var now = time.GetUtcNow();
        DateTimeOffset? next = null;
        foreach (var (name, member) in _members)
        {
            if (seen.Heard.Contains(member) || !_known.Contains(member))
            {
                continue;
            }

            var due = _told.TryGetValue(name, out var last) && last.Member == member ? last.At + TellAgain : now;
            if (due <= now)
            {
                region.Tell(new EntityEnvelope(
                    KeyOf(name), new MemberUnheard(member, IsRemoved: !seen.Unheard.Contains(member))));
                _told[name] = (member, now);
                due = now + TellAgain;
            }

            next = next < due ? next : due;
        }

        if (next is { } again)
        {
            Timers.StartSingleTimer(nameof(TellAgain), TellAgain, again - now);
        }
        else
        {
            _told.Clear();
        }
    }

    private static EntityKey KeyOf(string node) => new("nodes", "", node);

    private sealed class RoutesDue : INoSerializationVerificationNeeded
    {
        public static readonly RoutesDue Instance = new();
    }

    private sealed class MachinesDue : INoSerializationVerificationNeeded
    {
        public static readonly MachinesDue Instance = new();
    }

    private sealed record NodeSeen(string Name, string? Member, bool IsMachines) : INoSerializationVerificationNeeded;
}
