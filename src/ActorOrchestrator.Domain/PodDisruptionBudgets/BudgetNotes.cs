using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Policy;

namespace ActorOrchestrator.Domain.PodDisruptionBudgets;

/// <summary>What the Events of a budget say of its pods, in Kubernetes' words.</summary>
internal static class BudgetNotes
{
    public const string Component = "controllermanager";

    public static IEnumerable<BudgetNote> Of(PodDisruptionBudget budget, BudgetCount count)
    {
        if (count.Pods == 0)
        {
            yield return new BudgetNote("Normal", "NoPods", "No matching pods found");
        }

        if (count.Problem is { } problem)
        {
            yield return new BudgetNote("Warning", "CalculateExpectedPodCountFailed",
                $"Failed to calculate the number of expected pods: {problem}");
        }
        else if (count.Unmanaged > 0)
        {
            yield return new BudgetNote("Warning", "UnmanagedPods",
                $"Pods selected by this PodDisruptionBudget (selector: {TextOf(budget.Spec.Selector)}) were found to "
                + "be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result "
                + "in undefined behavior. To account for these pods please set \".spec.minAvailable\" field of the PDB "
                + "to an integer value.");
        }
    }

    /// <summary>A selector as a Go program prints it.</summary>
    private static string TextOf(LabelSelector? selector)
    {
        if (selector is null)
        {
            return "nil";
        }

        var labels = string.Concat(selector.MatchLabels.Select(label => $"{label.Key}: {label.Value},"));
        var wanted = string.Concat(selector.MatchExpressions.Select(each =>
            $"LabelSelectorRequirement{{Key:{each.Key},Operator:{each.Operator},"
            + $"Values:[{string.Join(' ', each.Values)}],}},"));
        return $"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},"
            + $"MatchExpressions:[]LabelSelectorRequirement{{{wanted}}},}}";
    }
}

/// <summary>An Event to record.</summary>
internal sealed record BudgetNote(string Type, string Reason, string Message);
