using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>What the end of a pod means for its Job's counts.</summary>
public enum PodEnd
{
    /// <summary>It has not ended.</summary>
    None,

    Success,

    Failure,

    /// <summary>The Job itself let it go (suspended, or fewer are wanted), or nothing kept it for the Job.</summary>
    Uncounted,
}

/// <summary>Enters the ends of pods into a Job's status, each once, and lets the pods go.</summary>
internal static class JobLedger
{
    /// <summary>
    /// How a pod has ended, if it has:
    /// <code>
    ///   pod                            asked to go by the Job    otherwise
    ///   Succeeded                      Success                   Success
    ///   Failed                         Failure                   Failure
    ///   terminating, and Succeeded     Uncounted                 Success
    ///   terminating, and Failed        Uncounted                 Failure
    ///   terminating                    Uncounted                 Failure; with podReplacementPolicy Failed
    ///                                                            or fenced only once it has stopped
    /// </code>
    /// Of a Job that fails, what it asked to go counts as failed.
    /// </summary>
    public static PodEnd EndOf(Job job, JobPodClaim claim)
    {
        if (claim.IsSettled || claim is not { Observation: { } seen, Run: { } run } || seen.IsActive)
        {
            return PodEnd.None;
        }

        var isFailing = JobConditions.IsFailing(job.Status);
        var isDismissed = seen.IsTerminating && claim.IsDeletionRequested && !isFailing;
        if (isDismissed || !run.IsTracked)
        {
            return PodEnd.Uncounted;
        }

        return seen.Phase switch
        {
            "Succeeded" => PodEnd.Success,
            "Failed" => PodEnd.Failure,
            _ => isFailing || run.IsStopped || !JobPods.AreReplacedWhenEnded(job)
                ? PodEnd.Failure
                : PodEnd.None,
        };
    }

    /// <summary>Counts what has ended since the last time, in the order in which it did. Of an Indexed Job whose
    /// completions were lowered, indexes that are no more do not count.</summary>
    /// <returns>Why the Job fails because of one of them, by its pod failure policy; null when it does not.</returns>
    public static string? Settle(OwnerDraft<JobState, Job> draft, DateTimeOffset now)
    {
        var job = draft.Shown;
        var ended = draft.State.Claims.Values
            .Select(claim => (Claim: claim, End: EndOf(job, claim)))
            .Where(pod => pod.End != PodEnd.None)
            .OrderBy(pod => pod.Claim.Run!.FinishedAt ?? now)
            .ToList();
        var tally = new JobTally(job, draft.State, now);
        foreach (var (claim, end) in ended)
        {
            Count(tally, claim, end);
        }

        if (ended.Count > 0 || !JobConditions.IsFinished(job.Status))
        {
            draft.Shown = job with { Status = tally.Status };
        }

        if (ended.Count == 0)
        {
            return null;
        }

        draft.Emit(new JobPodsSettled(
            ended.Select(pod => pod.Claim.Uid).ToValueList(), tally.BackOff.FailuresInARow,
            tally.BackOff.LastFailedAt));
        if (tally.IndexFailures is { Count: > 0 } failures)
        {
            draft.Emit(new JobIndexesFailed(failures));
        }

        foreach (var (claim, _) in ended.Where(pod => pod.Claim.Run!.IsTracked))
        {
            draft.Decision.Tell(
                new EntityKey(OwnedPods.Resource, job.Metadata.Namespace ?? "", claim.Name),
                new FinalizerDone(claim.Uid, Finalizers.JobTracking));
        }

        return tally.FailJobMessage;
    }

    private static void Count(JobTally tally, JobPodClaim claim, PodEnd end)
    {
        switch (end)
        {
            case PodEnd.Success:
                tally.Succeed(claim);
                break;
            case PodEnd.Failure:
                tally.Fail(claim);
                break;
            default:
                break;
        }
    }

    /// <summary>Forgets the pods of which nothing is left to do.</summary>
    public static void Forget(OwnerDraft<JobState, Job> draft)
    {
        var resolved = draft.State.Claims.Values.Where(claim => claim.IsResolved).Uids();
        if (resolved.Count > 0)
        {
            draft.Emit(new PodsUnclaimed(resolved));
        }
    }
}
