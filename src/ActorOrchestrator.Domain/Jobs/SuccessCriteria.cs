using ActorOrchestrator.Api.Batch;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>
/// When an Indexed Job has succeeded before all its indexes have (batch/v1 SuccessPolicy): when one of its rules is
/// met.
/// <code>
///   succeededIndexes   succeededCount   is met when
///   0,2                -                both have succeeded
///   -                  3                any three have
///   0-9                3                three of the ten have
/// </code>
/// </summary>
internal static class SuccessCriteria
{
    /// <summary>Which rule is met, in Kubernetes' words; null when none is.</summary>
    public static string? Met(Job job)
    {
        var completed = CompletionIndexes.Completed(job);
        if (job.Spec.SuccessPolicy is not { } policy || !CompletionIndexes.Has(job) || completed.Count == 0)
        {
            return null;
        }

        for (var i = 0; i < policy.Rules.Count; i++)
        {
            if (IsMet(policy.Rules[i], completed))
            {
                return $"Matched rules at index {i}";
            }
        }

        return null;
    }

    private static bool IsMet(SuccessPolicyRule rule, IndexRanges completed)
    {
        if (rule.SucceededIndexes is not { } indexes)
        {
            return completed.Count >= rule.SucceededCount;
        }

        var named = IndexRanges.Parse(indexes, int.MaxValue).Ranges;
        return completed.Intersect(named).Count >= (rule.SucceededCount ?? named.Count);
    }
}
