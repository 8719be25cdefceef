using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain;

/// <summary>A sign of life with the agent's view of the node. Not journaled unless a condition or a capacity
/// changes.</summary>
public sealed record NodeHeartbeat(NodeStatus Status) : Command
{
    /// <summary>The member that the agent runs on (<see cref="Nodes.NodeMembers"/>); null: it is on none, or none is
    /// known.</summary>
    public string? Member { get; init; }
}

/// <summary>A sign of life without news: the node stands as its agent said last.</summary>
public sealed record NodeLives : Command;

/// <summary>A machine with fenced pods asks whether the cluster still counts on it. The answer is worth something from
/// when the question was sent: without another one for <paramref name="TermSeconds"/> the machine ends those
/// pods.</summary>
public sealed record RenewNodeLease(int TermSeconds) : Command
{
    /// <summary>What the answer says: how often the Node's fenced pods were declared to have ended.</summary>
    public static long TimesFenced(Node node) => Nodes.NodeFences.CountOf(node);
}

/// <summary>The agent's report of a pod's whole status.</summary>
public sealed record PodStatusReported(string Uid, PodStatus Status) : Command;

/// <summary>The agent has stopped a terminating pod's containers and removed its sandbox.</summary>
/// <param name="Uid">The pod that is meant.</param>
/// <param name="Status">How it ended; null: as was reported last.</param>
public sealed record PodStopped(string Uid, PodStatus? Status) : Command;
