using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Simulator.Members;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>Budgets of Deployments' pods, and whoever evicts many at once. A Deployment has one budget, for a pod with
/// several cannot be evicted.</summary>
internal static class BudgetOperations
{
    private static readonly IntOrString[] Bounds = [0, 1, 2, "34%", "50%", "100%"];

    public static readonly IReadOnlyList<Operation> All =
    [
        new("budget-write", WriteAsync),
        new("budget-delete", DeleteAsync),
        new("budget-rush", RushAsync),
    ];

    private static async Task WriteAsync(WorkloadContext user)
    {
        if (user.Pick<Deployment>() is not { } deployment)
        {
            return;
        }

        var bound = user.Dice.Pick(Bounds);
        var spec = new PodDisruptionBudgetSpec { Selector = deployment.Spec.Selector };
        spec = user.Dice.Chance(0.5) ? spec with { MinAvailable = bound } : spec with { MaxUnavailable = bound };
        var (name, inside) = (deployment.Metadata.Name!, deployment.Metadata.Namespace!);
        if (user.World.Truth.Find<PodDisruptionBudget>(inside, name) is { } known)
        {
            await user.ReplaceAsync(known with { Spec = spec });
        }
        else
        {
            await user.CreateAsync(new PodDisruptionBudget
            {
                Metadata = new ObjectMeta { Name = name, Namespace = inside },
                Spec = spec,
            });
        }
    }

    private static async Task DeleteAsync(WorkloadContext user)
    {
        if (user.Pick<PodDisruptionBudget>() is { } budget)
        {
            await user.DeleteAsync(budget);
        }
    }

    /// <summary>As if several nodes were drained at the same moment: most of all where some of the pods may go, and not
    /// all.</summary>
    private static async Task RushAsync(WorkloadContext user)
    {
        if ((user.Pick<PodDisruptionBudget>(IsTight) ?? user.Pick<PodDisruptionBudget>()) is { } budget)
        {
            await Task.WhenAll(user.World.Truth.All<Pod>()
                .Where(pod => pod.Metadata.Namespace == budget.Metadata.Namespace
                    && budget.Spec.Selector.Selects(pod.Metadata.Labels))
                .ToList().Select(pod => EvictAsync(user, pod)));
        }
    }

    private static bool IsTight(PodDisruptionBudget budget) =>
        budget.Status is { DisruptionsAllowed: > 0, DesiredHealthy: > 0 };

    public static Task<ApiAnswer> EvictAsync(WorkloadContext user, Pod pod) => user.PostAsync(
        $"{WorkloadContext.PathOf(pod)}/eviction",
        $$$"""{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"{{{pod.Metadata.Name}}}"}}""");
}
