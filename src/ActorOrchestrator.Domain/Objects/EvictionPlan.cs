using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Domain.PodDisruptionBudgets;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Domain;

/// <summary>
/// How a pod is evicted: whom to ask, and then how to delete it. A pod that runs nothing is deleted without its budget;
/// the deletion then names the version of the pod that was looked at, so that one that has become ready meanwhile does
/// not go unasked. One that asks to be replaced first (<see cref="Replacement"/>) is refused, and goes by its
/// ReplicaSet.
/// </summary>
public sealed record EvictionPlan(Delete Deletion)
{
    /// <summary>The budget to ask first, and what; null when no budget guards the pod.</summary>
    public (EntityKey Key, DisruptPod Command)? Budget { get; init; }

    /// <summary>Why the pod cannot be evicted.</summary>
    public Status? Refusal { get; init; }

    /// <summary>What the pod is told before that is said; null for nothing.</summary>
    public Replace? Mark { get; init; }

    /// <param name="pod">The pod as it was last seen.</param>
    /// <param name="budgets">The budgets of its namespace.</param>
    /// <param name="options">How the client wants it deleted.</param>
    /// <param name="dryRun">Whether the client only asks.</param>
    public static EvictionPlan Of(
        Pod pod, IEnumerable<PodDisruptionBudget> budgets, DeleteOptions options, bool dryRun)
    {
        var isReady = PodConditions.IsReady(pod.Status);
        var isOver = pod.Metadata.DeletionTimestamp is not null || pod.Status.Phase is "Succeeded" or "Failed";
        if (isOver || pod.Status.Phase is "Pending" or null)
        {
            return new(DeletionOf(pod, options, dryRun, ofThisVersion: !isOver));
        }

        if (Replacement.IsToBeAwaited(pod))
        {
            return new(DeletionOf(pod, options, dryRun, ofThisVersion: true))
            {
                Mark = Replacement.IsAwaited(pod) || dryRun ? null : new Replace(Replacement.AsMarked(pod)),
                Refusal = EvictionRefusals.NotReplaced(),
            };
        }

        var guarding = budgets.Where(budget => budget.Spec.Selector.Selects(pod.Metadata.Labels)).Take(2).ToList();
        var plan = new EvictionPlan(DeletionOf(pod, options, dryRun, ofThisVersion: guarding.Count > 0 && !isReady));
        return guarding switch
        {
            [] => plan,
            [var budget] => plan with
            {
                Budget = (EntityKey.Of(budget), new DisruptPod(
                    budget.Metadata.Uid!, pod.Metadata.Name!,
                    pod.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue, isReady) { DryRun = dryRun }),
            },
            _ => plan with { Refusal = EvictionRefusals.SeveralBudgets() },
        };
    }

    private static Delete DeletionOf(Pod pod, DeleteOptions options, bool dryRun, bool ofThisVersion)
    {
        var wanted = options.Preconditions ?? new Preconditions();
        return new Delete(options with
        {
            Preconditions = wanted with
            {
                Uid = wanted.Uid ?? pod.Metadata.Uid,
                ResourceVersion = wanted.ResourceVersion ?? (ofThisVersion ? pod.Metadata.ResourceVersion : null),
            },
        })
        { DryRun = dryRun, Disruption = PodDisruption.Evicted };
    }
}
