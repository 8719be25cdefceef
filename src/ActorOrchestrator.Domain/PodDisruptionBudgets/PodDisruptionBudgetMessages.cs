using ActorOrchestrator.Api.Policy;

namespace ActorOrchestrator.Domain.PodDisruptionBudgets;

/// <summary>An eviction asks the budget of its pod for leave. The budget that accepts has noted the pod as disrupted,
/// so that the same disruption is not allowed to another pod.</summary>
/// <param name="Uid">The budget's uid.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="CreatedAt">When the pod was created: it tells the pod from a former one of its name.</param>
/// <param name="IsReady">Whether the pod counts among the healthy ones.</param>
public sealed record DisruptPod(string Uid, string Pod, DateTimeOffset CreatedAt, bool IsReady) : Command;

/// <summary>What a budget's status has to be, counted over its pods.</summary>
/// <param name="Uid">The budget's uid.</param>
/// <param name="Version">The resourceVersion that the budget had when it was counted. A budget that has changed since,
/// for one because it has allowed a disruption, is counted again instead of taking an old count.</param>
/// <param name="Status">The whole status.</param>
public sealed record BudgetCounted(string Uid, string Version, PodDisruptionBudgetStatus Status) : Message;
