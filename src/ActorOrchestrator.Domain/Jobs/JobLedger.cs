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
    ///                                                            only once it has stopped
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
            _ => isFailing || run.IsStopped || job.Spec.PodReplacementPolicy != "Failed"
                ? PodEnd.Failure
                : PodEnd.None,
        };
    }

    /// <summary>Counts what has ended since the last time, in the order in which it did.</summary>
    public static void Settle(OwnerDraft<JobState, Job> draft, DateTimeOffset now)
    {
        var job = draft.Shown;
        var ended = draft.State.Claims.Values
            .Select(claim => (Claim: claim, End: EndOf(job, claim)))
            .Where(pod => pod.End != PodEnd.None)
            .OrderBy(pod => pod.Claim.Run!.FinishedAt ?? now)
            .ToList();
        if (ended.Count == 0)
        {
            return;
        }

        var (status, backOff) = (job.Status, draft.State.BackOff);
        foreach (var (_, end) in ended)
        {
            (status, backOff) = end switch
            {
                PodEnd.Success => (status with { Succeeded = status.Succeeded + 1 }, default),
                PodEnd.Failure => (status with { Failed = status.Failed + 1 }, backOff.AfterFailure(now)),
                _ => (status, backOff),
            };
        }

        draft.Shown = job with { Status = status };
        draft.Emit(new JobPodsSettled(
            ended.Select(pod => pod.Claim.Uid).ToValueList(), backOff.FailuresInARow, backOff.LastFailedAt));
        foreach (var (claim, _) in ended.Where(pod => pod.Claim.Run!.IsTracked))
        {
            draft.Decision.Tell(
                new EntityKey(OwnedPods.Resource, job.Metadata.Namespace ?? "", claim.Name),
                new FinalizerDone(claim.Uid, Finalizers.JobTracking));
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
