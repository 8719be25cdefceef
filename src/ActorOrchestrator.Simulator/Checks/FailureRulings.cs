using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>What the policies of a Job say (batch/v1 PodFailurePolicy, SuccessPolicy), by the objects alone.</summary>
internal static class FailureRulings
{
    /// <summary>The action of the first rule that matches a failed pod; without one it counts.</summary>
    public static string Of(JobSpec spec, Pod pod) =>
        spec.PodFailurePolicy?.Rules.FirstOrDefault(rule => Matches(rule, pod))?.Action ?? "Count";

    /// <summary>Whether the Job has a rule with the action.</summary>
    public static bool Has(JobSpec spec, string action) =>
        spec.PodFailurePolicy?.Rules.Any(rule => rule.Action == action) == true;

    /// <summary>Whether these indexes meet a rule for success.</summary>
    public static bool IsSuccess(JobSpec spec, IReadOnlyCollection<int> completed) =>
        spec.SuccessPolicy?.Rules.Any(rule => IsMet(rule, completed)) == true;

    /// <summary>The indexes that a text such as <c>1,3-5</c> names.</summary>
    public static IReadOnlyList<int> Indexes(string? text)
    {
        var indexes = new List<int>();
        foreach (var part in string.IsNullOrEmpty(text) ? [] : text.Split(','))
        {
            var ends = part.Split('-').Select(int.Parse).ToList();
            indexes.AddRange(Enumerable.Range(ends[0], ends[^1] - ends[0] + 1));
        }

        return indexes;
    }

    private static bool Matches(PodFailurePolicyRule rule, Pod pod)
    {
        if (rule.OnExitCodes is not { } codes)
        {
            return pod.Status.Conditions.Any(condition => rule.OnPodConditions.Any(
                pattern => pattern.Type == condition.Type && pattern.Status == condition.Status));
        }

        return pod.Status.InitContainerStatuses.Concat(pod.Status.ContainerStatuses).Any(container =>
            container.State?.Terminated is { ExitCode: not 0 and var code }
            && (codes.ContainerName is null || codes.ContainerName == container.Name)
            && codes.Values.Contains(code) == (codes.Operator == "In"));
    }

    private static bool IsMet(SuccessPolicyRule rule, IReadOnlyCollection<int> completed)
    {
        if (rule.SucceededIndexes is not { } text)
        {
            return completed.Count >= rule.SucceededCount;
        }

        var named = Indexes(text);
        return named.Count(completed.Contains) >= (rule.SucceededCount ?? named.Count);
    }
}
