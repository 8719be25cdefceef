using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>Tells an operator of each other member: that it is one, and when it is one no more, why.</summary>
/// <param name="nodeOf">The node of a member, by the name that its Node carries; null when none does.</param>
/// <param name="log">Where it is told.</param>
internal sealed partial class MemberLines(Func<string, string?> nodeOf, ILogger log) : UntypedActor
{
    public const string Name = "member-lines";

    private readonly Cluster _cluster = Cluster.Get(Context.System);

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberUp),
        typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        if (message is not ClusterEvent.IMemberEvent { Member.UniqueAddress: var member }
            || member.Equals(_cluster.SelfUniqueAddress))
        {
            return;
        }

        var address = $"{member.Address.Host}:{member.Address.Port}";
        var name = nodeOf(MemberLook.NameOf(member)) is { } node ? $"{node} ({address})" : address;
        switch (message)
        {
            case ClusterEvent.MemberUp:
                LogUp(log, name);
                break;
            case ClusterEvent.MemberRemoved { PreviousStatus: MemberStatus.Down }:
                LogRemoved(log, LogLevel.Warning, name, "it was not heard any more, and given up");
                break;
            default:
                LogRemoved(log, LogLevel.Information, name, "it was stopped in good order");
                break;
        }
    }

    [LoggerMessage(1045, LogLevel.Information, "Member {Member} is one of the cluster now")]
    private static partial void LogUp(ILogger log, string member);

    [LoggerMessage(EventId = 1044, Message = "Member {Member} was removed from the cluster: {Reason}")]
    private static partial void LogRemoved(ILogger log, LogLevel level, string member, string reason);
}
