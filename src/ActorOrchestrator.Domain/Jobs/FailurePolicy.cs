using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>What is done about a pod that has failed (batch/v1 PodFailurePolicyRule.action).</summary>
public enum FailureAction
{
    /// <summary>It counts, as without a policy.</summary>
    Count,

    Ignore,
    FailIndex,
    FailJob,
}

/// <summary>What a Job's pod failure policy says of a pod that has failed.</summary>
/// <param name="Action">What is done.</param>
/// <param name="Message">With <see cref="FailureAction.FailJob"/> why, in Kubernetes' words.</param>
public readonly record struct FailureRuling(FailureAction Action, string? Message);

/// <summary>
/// A Job's pod failure policy (batch/v1 PodFailurePolicy): the first rule that matches the pod says what is done.
/// <code>
///   a rule matches by    when
///   onExitCodes          a container, or that of the name, has ended with a code that is (not) among the values; 0
///                        never matches
///   onPodConditions      the pod has a condition of a type and status that it names
/// </code>
/// </summary>
internal static class FailurePolicy
{
    public static FailureRuling Of(Job job, JobPodClaim claim)
    {
        var (rules, run) = (job.Spec.PodFailurePolicy?.Rules ?? [], claim.Run ?? PodRun.None);
        for (var i = 0; i < rules.Count; i++)
        {
            var why = rules[i].OnExitCodes is { } codes
                ? OnExitCodes(codes, job, claim, run)
                : OnConditions(rules[i].OnPodConditions, job, claim, run);
            if (why is not null && Enum.TryParse<FailureAction>(rules[i].Action, out var action))
            {
                return new FailureRuling(action, $"{why} matching {rules[i].Action} rule at index {i}");
            }
        }

        return default;
    }

    private static string? OnExitCodes(
        PodFailurePolicyOnExitCodesRequirement codes, Job job, JobPodClaim claim, PodRun run)
    {
        foreach (var (container, code) in run.Failures)
        {
            var isMeant = codes.ContainerName is null || codes.ContainerName == container;
            if (isMeant && codes.Values.Contains(code) == (codes.Operator == "In"))
            {
                return $"Container {container} for pod {NameOf(job, claim)} failed with exit code {code}";
            }
        }

        return null;
    }

    private static string? OnConditions(
        ValueList<PodFailurePolicyOnPodConditionsPattern> patterns, Job job, JobPodClaim claim, PodRun run)
    {
        foreach (var (type, status) in run.Conditions)
        {
            if (patterns.Any(pattern => pattern.Type == type && pattern.Status == status))
            {
                return $"Pod {NameOf(job, claim)} has condition {type}";
            }
        }

        return null;
    }

    private static string NameOf(Job job, JobPodClaim claim) => $"{job.Metadata.Namespace}/{claim.Name}";
}
