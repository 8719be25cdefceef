using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>An agent introduces its machine: creates the Node, or brings capacity, addresses, info and the agent's
/// own labels up to date, leaving what users set (labels, taints, unschedulable).</summary>
public sealed record RegisterNode(Node Node) : Message;

/// <summary>A sign of life with the agent's view of the node. Not journaled unless a condition or a capacity
/// changes.</summary>
public sealed record NodeHeartbeat(NodeStatus Status) : Message;
