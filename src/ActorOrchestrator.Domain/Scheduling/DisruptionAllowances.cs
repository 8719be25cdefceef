using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Api.Selectors;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>How many more pods each PodDisruptionBudget lets go, as the log shows it: preemption spares pods whose
/// budget is used up where it can, and takes them where it cannot, as Kubernetes does.</summary>
internal sealed class DisruptionAllowances
{
    private readonly Dictionary<string, SortedDictionary<string, PodDisruptionBudget>> _byNamespace =
        new(StringComparer.Ordinal);

    public void Observe(EntityKey key, PodDisruptionBudget? budget)
    {
        if (!_byNamespace.TryGetValue(key.Namespace, out var budgets))
        {
            _byNamespace.Add(
                key.Namespace, budgets = new SortedDictionary<string, PodDisruptionBudget>(StringComparer.Ordinal));
        }

        if (budget is not null)
        {
            budgets[key.Name] = budget;
        }
        else if (budgets.Remove(key.Name) && budgets.Count == 0)
        {
            _byNamespace.Remove(key.Namespace);
        }
    }

    /// <summary>Those of the pods whose going some budget does not allow, when all that come before them go too. A pod
    /// that the budget has let go already is counted there.</summary>
    public IReadOnlySet<TrackedPod> Exceeding(IEnumerable<TrackedPod> pods)
    {
        var exceeding = new HashSet<TrackedPod>();
        if (_byNamespace.Count == 0)
        {
            return exceeding;
        }

        var left = new Dictionary<PodDisruptionBudget, int>(ReferenceEqualityComparer.Instance);
        foreach (var pod in pods)
        {
            if (!_byNamespace.TryGetValue(pod.Key.Namespace, out var budgets))
            {
                continue;
            }

            foreach (var budget in budgets.Values.Where(budget => Guards(budget, pod)))
            {
                left[budget] = left.GetValueOrDefault(budget, budget.Status.DisruptionsAllowed) - 1;
                if (left[budget] < 0)
                {
                    exceeding.Add(pod);
                }
            }
        }

        return exceeding;
    }

    private static bool Guards(PodDisruptionBudget budget, TrackedPod pod) =>
        budget.Spec.Selector.Selects(pod.Pod.Metadata.Labels)
        && !budget.Status.DisruptedPods.ContainsKey(pod.Key.Name);
}
