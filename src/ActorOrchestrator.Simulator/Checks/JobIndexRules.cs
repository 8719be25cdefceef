using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>What holds of a Job with completion indexes or policies; each rule says what is wrong, or null.</summary>
internal static class JobIndexRules
{
    /// <summary>The shortest pause after an index has failed.</summary>
    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(10);

    public static bool IsIndexed(Job job) => job.Spec.CompletionMode == "Indexed";

    /// <summary>The row that enters a failure of the whole Job decides it.</summary>
    public static string? OnSettled(Job job, JobBook book, IEnumerable<string> uids) =>
        !Describe.IsDecided(job) && uids.Any(uid => book.Of(uid) is { Ruling: "FailJob" } pod && pod.IsFirm("Failed"))
            ? "one of its pods has failed so that the Job has, which goes on"
            : null;

    /// <summary>Pods are asked for.</summary>
    /// <param name="job">The Job.</param>
    /// <param name="book">What is known of it.</param>
    /// <param name="claims">The claims on the pods.</param>
    /// <param name="now">When; null when the clock that pauses go by cannot be trusted.</param>
    public static string? OnClaims(
        Job job, JobBook book, IEnumerable<JobPodClaim> claims, DateTimeOffset? now) =>
        OnAnyClaim(job) ?? (IsIndexed(job)
            ? claims.Where(claim => !claim.IsAdoption).Select(claim => OnClaim(job, book, claim, now))
                .FirstOrDefault(wrong => wrong is not null)
            : null);

    /// <summary>No pod is asked for once too many indexes have failed, or enough have succeeded.</summary>
    private static string? OnAnyClaim(Job job)
    {
        var (completed, failed) = Indexes(job);
        if (failed.Count > job.Spec.MaxFailedIndexes)
        {
            return $"of its indexes {job.Status.FailedIndexes} have failed; {job.Spec.MaxFailedIndexes} may";
        }

        return FailureRulings.IsSuccess(job.Spec, completed)
            ? $"of its indexes {job.Status.CompletedIndexes} have succeeded, which is enough"
            : null;
    }

    /// <summary>A pod is asked for that is to work on an index.</summary>
    private static string? OnClaim(Job job, JobBook book, JobPodClaim claim, DateTimeOffset? now)
    {
        var (completed, failed) = Indexes(job);
        if (claim.MadeForIndex is not { } index || index < 0 || index >= job.Spec.Completions)
        {
            return $"there is no index {claim.MadeForIndex}";
        }

        if (completed.Contains(index) || failed.Contains(index))
        {
            return $"index {index} is done with: {job.Status.CompletedIndexes} have succeeded, "
                + $"{job.Status.FailedIndexes} have failed";
        }

        if (book.HasOpen(index, claim.Uid))
        {
            return $"index {index} has a pod whose end is not entered";
        }

        var pods = book.Pods.Where(pod => pod.Value.Index == index && pod.Key != claim.Uid)
            .Select(pod => pod.Value).ToList();
        if (pods.Exists(pod => pod.IsActive || (pod.IsLeaving && WaitsForStop(job))))
        {
            return $"index {index} has a pod that may run";
        }

        return job.Spec.BackoffLimitPerIndex is { } limit ? OnRetry(index, limit, pods, now) : null;
    }

    /// <summary>Where each index fails for itself.</summary>
    private static string? OnRetry(int index, int limit, List<JobPod> pods, DateTimeOffset? now)
    {
        var failures = pods.Where(pod => pod is { SettledAt: not null, IsDismissed: false } && pod.IsFirm("Failed"))
            .ToList();
        if (failures.Exists(pod => pod.Ruling == "FailIndex"))
        {
            return $"index {index} has failed by the failure policy";
        }

        if (failures.Count(pod => pod.HasFirmlyFailed) is var count && count > limit)
        {
            return $"index {index} has failed {count} times; {limit} may be forgiven";
        }

        return failures.Exists(pod => pod.EndedAt + PauseMin > now)
            ? $"index {index} has just failed, and is to wait for {PauseMin.TotalSeconds} s"
            : null;
    }

    /// <summary>A pod of an index appears.</summary>
    public static string? OnCreation(Job job, JobBook book, string podUid)
    {
        var (index, claimed) = (book.Of(podUid).Index, book.IndexOf(podUid));
        if (index is null || index != claimed)
        {
            return $"it says that its index is {index}, and was claimed for {claimed}";
        }

        var others = book.Pods.Where(pod => pod.Value.Index == index && pod.Key != podUid)
            .Select(pod => pod.Value).ToList();
        if (others.Exists(pod => pod.IsActive || (pod.IsLeaving && WaitsForStop(job))))
        {
            return $"another pod of index {index} may run";
        }

        return others.Exists(pod => pod.IsFirm("Succeeded")) ? $"index {index} has succeeded" : null;
    }

    /// <summary>What the status says of indexes is what became of pods, and nothing is taken back.</summary>
    public static string? OnStatus(Job job, Job? before, JobBook book)
    {
        var (completed, failed) = Indexes(job);
        var former = before is null ? [] : FailureRulings.Indexes(before.Status.CompletedIndexes);
        if (former.FirstOrDefault(index => index < job.Spec.Completions && !completed.Contains(index), -1)
            is >= 0 and var lost)
        {
            return $"index {lost} had succeeded, and has not any more";
        }

        if (job.Status.Succeeded != completed.Count || completed.Any(failed.Contains))
        {
            return $"{job.Status.Succeeded} indexes have succeeded, and these are [{job.Status.CompletedIndexes}]; "
                + $"[{job.Status.FailedIndexes}] have failed";
        }

        if (completed.FirstOrDefault(index => book.Count(pod => pod.Index == index && pod.End == "Succeeded") == 0, -1)
            is >= 0 and var made)
        {
            return $"index {made} has succeeded, and none of its pods has";
        }

        return failed.FirstOrDefault(index => !MayHaveFailed(job, book, index), -1) is >= 0 and var early
            ? $"index {early} has failed, and its pods have not failed more often than they may"
            : null;
    }

    /// <summary>Why it is decided is true.</summary>
    public static string? OnDecision(Job job, JobBook book)
    {
        var (completed, failed) = Indexes(job);
        var (spec, status) = (job.Spec, job.Status);
        var decided = status.Conditions.FirstOrDefault(
            condition => condition is { Type: "SuccessCriteriaMet" or "FailureTarget", Status: "True" });
        var isTrue = decided?.Reason switch
        {
            "SuccessPolicy" => FailureRulings.IsSuccess(spec, completed),
            "CompletionsReached" => status.Succeeded >= (spec.Completions ?? 1),
            "PodFailurePolicy" => book.Count(pod => pod.MayBeRuled("FailJob")) > 0,
            "MaxFailedIndexesExceeded" => failed.Count > spec.MaxFailedIndexes,
            "FailedIndexes" => failed.Count > 0 && failed.Count + completed.Count >= spec.Completions,
            _ => true,
        };
        return isTrue ? null : $"{decided!.Type} for {decided.Reason}";
    }

    private static bool MayHaveFailed(Job job, JobBook book, int index) =>
        book.Count(pod => pod.Index == index && pod.MayHaveFailed) > job.Spec.BackoffLimitPerIndex
        || (FailureRulings.Has(job.Spec, "FailIndex")
            && book.Count(pod => pod.Index == index && pod.MayBeRuled("FailIndex")) > 0);

    private static bool WaitsForStop(Job job) => job.Spec.PodReplacementPolicy == "Failed";

    private static (IReadOnlyList<int> Completed, IReadOnlyList<int> Failed) Indexes(Job job) =>
        (FailureRulings.Indexes(job.Status.CompletedIndexes), FailureRulings.Indexes(job.Status.FailedIndexes));
}
