using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal;
using Akka.Actor;
using Akka.Cluster;

namespace ActorOrchestrator.Actors.Telemetry;

/// <summary>Shows how things stand with a member for as long as its actor system runs, and counts how often others were
/// not heard, and how many have gone.</summary>
internal sealed class MemberMetrics(ShardingFabric fabric, JournalSetup journal) : UntypedActor
{
    public const string Name = "member-metrics";

    private readonly Cluster _cluster = Cluster.Get(Context.System);

    protected override void PreStart()
    {
        var gauges = new MemberGauges(Context.System, fabric, journal);
        Context.System.RegisterOnTermination(gauges.Dispose);
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.UnreachableMember), typeof(ClusterEvent.MemberRemoved));
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.UnreachableMember:
                ClusterInstruments.Shared.BecameUnreachable();
                break;
            case ClusterEvent.MemberRemoved:
                ClusterInstruments.Shared.MemberRemoved();
                break;
        }
    }
}
