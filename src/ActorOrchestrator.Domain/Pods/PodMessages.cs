namespace ActorOrchestrator.Domain.Pods;

/// <summary>The scheduler found no node: <paramref name="Message"/> reads as kubectl describe shows it
/// (<c>0/3 nodes are available: 3 Insufficient cpu.</c>).</summary>
public sealed record PodUnschedulable(string Uid, string Reason, string Message) : Message;

/// <summary>Bound to a node, once and for good.</summary>
public sealed record PodBound(string Node, DateTimeOffset At) : DomainEvent;
