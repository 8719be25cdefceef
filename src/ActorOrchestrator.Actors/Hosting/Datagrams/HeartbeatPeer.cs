using System.Net;
using Akka.Actor;
using Akka.Cluster;

namespace ActorOrchestrator.Actors.Hosting.Datagrams;

/// <summary>Another member, as heartbeats are sent to it.</summary>
internal sealed class HeartbeatPeer(UniqueAddress member)
{
    public Address Member => member.Address;

    public int Uid => member.Uid;

    /// <summary>UDP, where TCP has its connections.</summary>
    public SocketAddress Place { get; } =
        new IPEndPoint(IPAddress.Parse(member.Address.Host), member.Address.Port!.Value).Serialize();

    /// <summary>How many heartbeats it was sent.</summary>
    public int Sent { get; set; }

    /// <summary>Whether one of them was answered.</summary>
    public bool HasAnswered { get; set; }

    /// <summary>Whether the operator knows that it answers none.</summary>
    public bool IsTold { get; set; }

    public bool Is(UniqueAddress other) => member.Equals(other);
}
