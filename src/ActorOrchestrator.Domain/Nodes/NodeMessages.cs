using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>An agent introduces its machine: creates the Node, or brings capacity, addresses, info and the agent's
/// own labels up to date, leaving what users set (labels, taints, unschedulable).</summary>
public sealed record RegisterNode(Node Node) : Message
{
    /// <summary>The member that the agent runs on (<see cref="NodeMembers"/>); null: none is known.</summary>
    public string? Member { get; init; }
}

/// <summary>The agent ends in good order, and its containers run on: it is expected back, in another life of its
/// member.</summary>
public sealed record NodeStopping(string Member) : Message;

/// <summary>The cluster does not hear the member that carries the node. Told again until the Node shows it, by whoever
/// sees it at the time; of a former life of the member it says nothing.</summary>
/// <param name="Member">Which.</param>
/// <param name="IsRemoved">Whether the cluster has given it up.</param>
public sealed record MemberUnheard(string Member, bool IsRemoved) : Message;

/// <summary>A member hears the machine, which only runs pods, on a connection that the machine keeps open. Told when it
/// is opened, and now and then while it is heard.</summary>
/// <param name="Connection">Which: no other one, of whatever member, has this name.</param>
public sealed record MachineHeard(string Connection) : Message
{
    /// <summary>How often it is told at least of a machine that is heard.</summary>
    public static readonly TimeSpan ToldEvery = TimeSpan.FromSeconds(5);
}

/// <summary>The cluster does not hear a member. Told for a while to the Nodes of all machines that only run pods: of
/// one that was connected to that member nobody judges any more whether it lives, until it has connected to another
/// one.</summary>
/// <param name="Member">Which.</param>
public sealed record CarrierUnheard(string Member) : Message
{
    /// <summary>A machine leaves a member that does not answer after 0.8 s, and finds another one in milliseconds; but
    /// that one's word may be lost with the former, and is said again only within this.</summary>
    internal static readonly TimeSpan IsToldWithin = MachineHeard.ToldEvery + TimeSpan.FromSeconds(1);
}

/// <summary>A member does not hear the machine any more on that connection. Told again for a while, as long as the Node
/// does not show it; of a connection that another one has followed it says nothing.</summary>
/// <param name="Connection">Which.</param>
public sealed record MachineUnheard(string Connection) : Message;
