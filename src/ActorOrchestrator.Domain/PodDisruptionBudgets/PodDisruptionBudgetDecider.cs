using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Policy;

namespace ActorOrchestrator.Domain.PodDisruptionBudgets;

/// <summary>
/// A budget of pods: the one place where evictions of its pods are allowed, so that of two at once only as many pass as
/// the budget has left. It allows a disruption by noting the pod, before the pod is told to go; the count that comes
/// after it (<see cref="BudgetCounter"/>) no longer has the pod among the healthy ones.
/// <code>
///   DisruptPod, a pod that is ready:     allowed > 0 ──► allowed - 1, the pod is noted ──► accepted
///                                        allowed = 0 ──► 429
///   DisruptPod, one that is not ready:   policy AlwaysAllow, or enough pods are healthy ──► accepted, not counted
///   BudgetCounted of this version:       the status is taken; of another one it is dropped and counted again
/// </code>
/// </summary>
public sealed class PodDisruptionBudgetDecider : ObjectBehavior<ObjectState>
{
    /// <summary>Kubernetes' MaxDisruptedPodSize: more evictions than that are not under way at once.</summary>
    private const int DisruptedPodsMax = 2_000;

    protected override ObjectState Initial => ObjectState.Absent;

    protected override bool ReconcilesOnChange => false;

    protected override Decision OnMessage(
        EntityKey self, ObjectState state, Message message, in DecisionContext context) => message switch
    {
        DisruptPod disrupt => Disrupt(self, state, disrupt, context),
        BudgetCounted counted => Count(state, counted, context),
        _ => new Decision(),
    };

    private static Decision Disrupt(EntityKey self, ObjectState state, DisruptPod disrupt, in DecisionContext context)
    {
        if (state.Object is not PodDisruptionBudget budget || budget.Metadata.Uid != disrupt.Uid)
        {
            return ObjectLifecycle.Reject(Statuses.NotFound(self.Resource, self.Name));
        }

        var status = budget.Status;
        if (IsNoted(status, disrupt) || (!disrupt.IsReady && IsDispensable(budget)))
        {
            return new Decision().Reply(new Reply.Accepted(budget));
        }

        if (Refusal(self, budget) is { } refusal)
        {
            return ObjectLifecycle.Reject(refusal);
        }

        var disrupted = new StatusChanged(BudgetStatus.Disrupt(status, disrupt.Pod, context.Now));
        var decision = new Decision().Reply(new Reply.Accepted(budget.WithStatus(disrupted.Status)));
        return disrupt.DryRun ? decision : decision.Emit(disrupted);
    }

    private static Decision Count(ObjectState state, BudgetCounted counted, in DecisionContext context) =>
        state.Object is PodDisruptionBudget budget && budget.Metadata.Uid == counted.Uid
        && context.Version?.ToString() == counted.Version && budget.Status != counted.Status
            ? new Decision().Emit(new StatusChanged(counted.Status))
            : new Decision();

    /// <summary>Asked again for the same pod: it has its leave. In the second of the note a new pod of the name cannot
    /// be told from the old one, so that one is counted.</summary>
    private static bool IsNoted(PodDisruptionBudgetStatus status, DisruptPod disrupt) =>
        status.DisruptedPods.TryGetValue(disrupt.Pod, out var since) && since > disrupt.CreatedAt;

    /// <summary>A pod that is not ready is not among the healthy ones: its end takes nothing from them.</summary>
    private static bool IsDispensable(PodDisruptionBudget budget) =>
        budget.Spec.UnhealthyPodEvictionPolicy == "AlwaysAllow"
        || (budget.Status.CurrentHealthy >= budget.Status.DesiredHealthy && budget.Status.DesiredHealthy > 0);

    private static Status? Refusal(EntityKey self, PodDisruptionBudget budget)
    {
        var status = budget.Status;
        if (status.ObservedGeneration < (budget.Metadata.Generation ?? 1))
        {
            return EvictionRefusals.NotCounted(self.Name);
        }

        if (status.DisruptedPods.Count > DisruptedPodsMax)
        {
            return Statuses.Forbidden("poddisruptionbudget.policy", self.Name,
                "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
        }

        return status.DisruptionsAllowed > 0 ? null : EvictionRefusals.UsedUp(self.Name, status);
    }
}
