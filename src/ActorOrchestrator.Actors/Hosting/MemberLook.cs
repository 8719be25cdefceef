using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using ClusterMember = Akka.Cluster.Member;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>Looks ten times a second whom this member hears, and tells all that watch when that has
/// changed.</summary>
internal sealed class MemberLook : UntypedActor, IWithTimers
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly List<IActorRef> _watchers = [];
    private MembersSeen? _seen;

    public ITimerScheduler Timers { get; set; } = null!;

    public static string NameOf(UniqueAddress member) => $"{member.Address.Host}:{member.Address.Port}#{member.Uid}";

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(LookEvery), LookEvery, LookEvery);

    protected override void OnReceive(object message)
    {
        var seen = Of(_cluster.State, _cluster.SelfUniqueAddress);
        if (!seen.IsSameAs(_seen))
        {
            _seen = seen;
            _watchers.ForEach(each => each.Tell(seen));
        }

        if (message is Watch { Watcher: var watcher })
        {
            _watchers.Add(watcher);
            watcher.Tell(seen);
        }
    }

    /// <summary>One that is down has been given up, and does not count any more.</summary>
    private static MembersSeen Of(ClusterEvent.CurrentClusterState state, UniqueAddress self)
    {
        var members = state.Members.Where(member => member.Status is not (MemberStatus.Down or MemberStatus.Removed))
            .ToList();
        var heard = members.Where(member => !state.Unreachable.Contains(member)).ToList();
        var control = members.Where(IsOfControl).ToList();
        var heardControl = heard.Where(IsOfControl).ToList();
        var first = heardControl.Where(member => member.Status == MemberStatus.Up)
            .OrderBy(member => member.Address, ClusterMember.AddressOrdering).FirstOrDefault();
        var hearsMost = heardControl.Count * 2 > control.Count;
        return new MembersSeen(
            first is not null && first.UniqueAddress.Equals(self) && hearsMost,
            heard.Select(member => NameOf(member.UniqueAddress)).ToImmutableHashSet(StringComparer.Ordinal),
            members.Except(heard).Select(member => NameOf(member.UniqueAddress))
                .ToImmutableHashSet(StringComparer.Ordinal))
        {
            HearsMost = hearsMost,
        };
    }

    private static bool IsOfControl(ClusterMember member) => member.HasRole(ShardingFabric.Role);

    /// <summary>Somebody is to be told from now on.</summary>
    public sealed record Watch(IActorRef Watcher) : INoSerializationVerificationNeeded;
}
