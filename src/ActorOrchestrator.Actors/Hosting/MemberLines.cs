using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>Tells an operator of each other member that is one no more, and why.</summary>
/// <param name="nodeOf">The node of a member, by the name that its Node carries; null when none does.</param>
/// <param name="log">Where it is told.</param>
internal sealed partial class MemberLines(Func<string, string?> nodeOf, ILogger log) : UntypedActor
{
    public const string Name = "member-lines";

    private readonly Cluster _cluster = Cluster.Get(Context.System);

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        if (message is not ClusterEvent.MemberRemoved { Member.UniqueAddress: var gone } removed
            || gone.Equals(_cluster.SelfUniqueAddress))
        {
            return;
        }

        var address = $"{gone.Address.Host}:{gone.Address.Port}";
        var name = nodeOf(MemberLook.NameOf(gone)) is { } node ? $"{node} ({address})" : address;
        if (removed.PreviousStatus == MemberStatus.Down)
        {
            LogRemoved(log, LogLevel.Warning, name, "it was not heard any more, and given up");
        }
        else
        {
            LogRemoved(log, LogLevel.Information, name, "it was stopped in good order");
        }
    }

    [LoggerMessage(EventId = 1044, Message = "Member {Member} was removed from the cluster: {Reason}")]
    private static partial void LogRemoved(ILogger log, LogLevel level, string member, string reason);
}
