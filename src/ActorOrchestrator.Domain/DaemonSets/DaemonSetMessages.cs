using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.DaemonSets;

/// <summary>A node, and what it is to the DaemonSet that is told.</summary>
public readonly record struct MatchedNode(string Name, NodeFit Fit);

/// <summary>Every node there is, judged for a DaemonSet: told when one of them or the template changes, and when the
/// DaemonSet asks (<see cref="Effect.FindNodes"/>).</summary>
/// <param name="Uid">The DaemonSet that was judged for.</param>
/// <param name="Generation">Its metadata.generation; nodes judged by another template count for nothing.</param>
/// <param name="Nodes">By name.</param>
public sealed record NodesMatched(string Uid, long Generation, ValueList<MatchedNode> Nodes) : Message;
