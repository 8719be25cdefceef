using ActorOrchestrator.Actors.Projections;
using Akka.Actor;
using Akka.Cluster;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>Tells the projections, and whoever waits for answers in this process, that a member has left the cluster:
/// its entities are in nobody's memory now.</summary>
internal sealed class LossWatch(IActorRef projections) : UntypedActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        if (message is ClusterEvent.MemberRemoved)
        {
            projections.Tell(MemberLost.Instance);
            Context.System.EventStream.Publish(MemberLost.Instance);
        }
    }
}
