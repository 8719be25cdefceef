using System.Net;
using System.Net.Sockets;
using ActorOrchestrator.Actors.Nodes;
using ActorOrchestrator.Api;
using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Hosting.Datagrams;

/// <summary>
/// Heartbeats beside those of Akka, which go by TCP: where a network loses packets a connection stands still for
/// seconds, and a member that lives would count as silent. They go to the port of the members, by UDP, and each proves
/// that it is a member's. Without them (a packet filter, a member of an older release) Akka's alone are judged by.
/// </summary>
public sealed partial class HeartbeatDatagrams : UntypedActor, IWithTimers, IDisposable
{
    public const string Name = "heartbeat-datagrams";

    /// <summary>Heartbeats of ten seconds.</summary>
    private const int UnansweredMax = 100;

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Func<byte[]> _key;
    private readonly Func<MachineWatch?> _machines;
    private readonly ILogger _log;
    private HeartbeatSocket? _socket;

    /// <inheritdoc cref="Props" path="/param"/>
    public HeartbeatDatagrams(Func<byte[]> key, Func<MachineWatch?> machines, ILogger log) =>
        (_key, _machines, _log) = (key, machines, log);

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Sends and answers them for as long as the actor system of a member runs.</summary>
    /// <param name="key">What only members of the cluster know, now.</param>
    /// <param name="machines">Whose heartbeats are answered, too; null: nobody's yet.</param>
    /// <param name="log">Told when there can be none.</param>
    public static Props Props(Func<byte[]> key, Func<MachineWatch?> machines, ILogger log) =>
        Akka.Actor.Props.Create(() => new HeartbeatDatagrams(key, machines, log));

    public void Dispose() => _socket?.Dispose();

    protected override void PreStart()
    {
        var self = _cluster.SelfUniqueAddress;
        var place = new IPEndPoint(IPAddress.Parse(self.Address.Host), self.Address.Port!.Value);
        try
        {
            _socket = new HeartbeatSocket(
                place, self.Uid, _key, _cluster.Settings.HeartbeatInterval, _cluster.FailureDetector,
                _machines);
        }
        catch (SocketException refused)
        {
            LogNone(_log, $"{place}", FailureWords.Of(refused));
            Context.Stop(Self);
            return;
        }

        Timers.StartPeriodicTimer(Look.Instance, Look.Instance, TimeSpan.FromSeconds(10));
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Dispose();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.MemberRemoved { Member.UniqueAddress: var gone }:
                _socket!.Peers = [.. _socket.Peers.Where(peer => !peer.Is(gone))];
                break;
            case ClusterEvent.IMemberEvent { Member.UniqueAddress: var member }
                when !member.Equals(_cluster.SelfUniqueAddress) && !_socket!.Peers.Any(peer => peer.Is(member)):
                _socket.Peers = [.. _socket.Peers, new HeartbeatPeer(member)];
                break;
            case Look:
                TellUnanswered();
                break;
        }
    }

    /// <summary>Each of them once.</summary>
    private void TellUnanswered()
    {
        foreach (var peer in _socket!.Peers.Where(
            peer => peer is { HasAnswered: false, IsTold: false, Sent: > UnansweredMax }))
        {
            peer.IsTold = true;
            LogUnanswered(_log, $"{peer.Member.Host}:{peer.Member.Port}");
        }
    }

    [LoggerMessage(1046, LogLevel.Warning, "Members' heartbeats go by their connections only, which stand still for "
        + "seconds where packets are lost: UDP {Place} cannot be opened: {Reason}")]
    private static partial void LogNone(ILogger log, string place, string reason);

    [LoggerMessage(1047, LogLevel.Warning, "Member {Member} answers no heartbeats by UDP, only by its connection, "
        + "which stands still for seconds where packets are lost: let UDP through at that port, both ways")]
    private static partial void LogUnanswered(ILogger log, string member);

    private sealed class Look
    {
        public static readonly Look Instance = new();
    }
}
