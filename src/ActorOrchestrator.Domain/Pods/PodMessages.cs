using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Pods;

/// <summary>The agent's report of a pod's whole status.</summary>
public sealed record PodStatusReported(string Uid, PodStatus Status) : Message;

/// <summary>The agent has stopped a terminating pod's containers and removed its sandbox.</summary>
public sealed record PodStopped(string Uid, PodStatus Status) : Message;

/// <summary>The scheduler found no node: <paramref name="Message"/> reads as kubectl describe shows it
/// (<c>0/3 nodes are available: 3 Insufficient cpu.</c>).</summary>
public sealed record PodUnschedulable(string Uid, string Reason, string Message) : Message;

/// <summary>Bound to a node, once and for good.</summary>
public sealed record PodBound(string Node, DateTimeOffset At) : DomainEvent;
