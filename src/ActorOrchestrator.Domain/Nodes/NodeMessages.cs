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
