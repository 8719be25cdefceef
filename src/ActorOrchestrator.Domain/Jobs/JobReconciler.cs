using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.ReplicaSets;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>A Job's reconciliation: count what has ended, judge, take the next step, show how it stands.</summary>
internal static class JobReconciler
{
    private const string BackOffTimer = "back-off";
    private const string DeadlineTimer = "deadline";
    private const string ExpiryTimer = "expiry";

    /// <summary>How long after a restart pods are waited for before those that stay silent count as not
    /// ready.</summary>
    private static readonly TimeSpan ReportPatience = TimeSpan.FromSeconds(30);

    public static void Converge(EntityKey self, OwnerDraft<JobState, Job> draft, in DecisionContext context)
    {
        draft.Shown = GeneratedSelector.Keep(draft.Shown, draft.Shown);
        var wasFinished = JobConditions.IsFinished(draft.Shown.Status);
        var failJobMessage = JobLedger.Settle(draft, context.Now);
        JobLedger.Forget(draft);
        DeleteStrays(self, draft);
        if (!wasFinished)
        {
            Begin(draft, context.Now);
            Judge(draft, failJobMessage, context.Now);
        }

        var backOff = TakeStep(self, draft, context);
        JobObstacles.Tell(draft, backOff, context.Now);
        ShowPods(draft, context.Now);
        if (!wasFinished)
        {
            Finish(draft, context.Now);
        }

        Expire(self, draft, context.Now);
    }

    /// <summary>The start, or that there is none for now. A Job that is resumed starts anew, or its deadline would have
    /// gone on while nothing ran.</summary>
    private static void Begin(OwnerDraft<JobState, Job> draft, DateTimeOffset now)
    {
        var job = draft.Shown;
        var (status, isSuspended) = (job.Status, job.Spec.Suspend is true);
        var shown = JobConditions.Find(status, JobConditions.Suspended)?.Status;
        if (isSuspended && shown != "True")
        {
            status = status.With(JobConditions.Suspended, holds: true, "JobSuspended", "Job suspended", now);
            draft.Decision.RecordEvent(job, "Normal", "Suspended", "Job suspended", JobNames.Component);
        }
        else if (!isSuspended && shown == "True")
        {
            status = status.With(JobConditions.Suspended, holds: false, "JobResumed", "Job resumed", now)
                with { StartTime = ObjectLifecycle.Truncate(now) };
            draft.Decision.RecordEvent(job, "Normal", "Resumed", "Job resumed", JobNames.Component);
        }
        else if (!isSuspended)
        {
            status = status with { StartTime = status.StartTime ?? ObjectLifecycle.Truncate(now) };
        }

        draft.Shown = job with { Status = status };
    }

    private static void Judge(OwnerDraft<JobState, Job> draft, string? failJobMessage, DateTimeOffset now)
    {
        var job = draft.Shown;
        if (JobConditions.IsFailing(job.Status) || JobConditions.IsSucceeding(job.Status))
        {
            return;
        }

        var active = draft.State.Claims.Values.Where(claim => claim.IsActive).ToList();
        var standing = new JobStanding
        {
            FailJobMessage = failJobMessage,
            Succeeded = job.Status.Succeeded,
            Failed = job.Status.Failed,
            FailedIndexes = CompletionIndexes.FailAlone(job) ? CompletionIndexes.Failed(job).Count : 0,
            Active = active.Count,
            Restarts = active.Sum(claim => claim.Run?.Restarts ?? 0),
        };
        if (JobVerdict.Of(job, standing, now) is { } verdict)
        {
            draft.Shown = job with
            {
                Status = job.Status.With(verdict.Condition, holds: true, verdict.Reason, verdict.Message, now),
            };
        }
        else if (JobVerdict.Deadline(job) is { } deadline)
        {
            draft.Decision.SetTimer(DeadlineTimer, deadline, Reconcile.Instance);
        }
    }

    /// <returns>That the next pod has to wait because others have failed; null when it does not.</returns>
    private static JobObstacle? TakeStep(
        EntityKey self, OwnerDraft<JobState, Job> draft, in DecisionContext context)
    {
        var job = draft.Shown;
        var isDecided = JobConditions.IsFailing(job.Status) || JobConditions.IsSucceeding(job.Status);
        if (!draft.State.IsTerminating && (isDecided || job.Spec.Suspend is true))
        {
            JobPods.DeleteAll(self, draft);
            return null;
        }

        if (CompletionIndexes.Has(job) && DeleteSuperfluous(self, draft, context.Now))
        {
            return null;
        }

        // A Job that is itself deleted leaves its pods to garbage collection.
        var (count, indexes, nextAt) = CountOf(draft, context.Now);
        switch (ReplicaCount.Next(count, context.Now))
        {
            case ReplicaStep.Create create when CompletionIndexes.Has(job):
                JobPods.Create(draft, indexes.Take(create.Count), context.Ids);
                break;
            case ReplicaStep.Create create:
                JobPods.Create(draft, create.Count, context.Ids);
                break;
            case ReplicaStep.Delete delete:
                JobPods.Delete(self, draft, delete.Count, context.Now);
                break;
            case ReplicaStep.BacksOff backsOff:
                draft.Decision.SetTimer(BackOffTimer, backsOff.Until, Reconcile.Instance);
                return draft.State.BackOff is { Until: { } until } failed && until > context.Now
                    ? new JobObstacle.BacksOff(failed.FailuresInARow, until)
                    : null;
            case ReplicaStep.Settled when draft.State.Failure is not null:
                draft.Emit(new CreationFailed(null));
                break;
        }

        var isStuck = count.Active == 0 && indexes.Count == 0;
        return isStuck && nextAt is { } next ? new JobObstacle.IndexesBackOff(next) : null;
    }

    /// <summary>What is settled and runs all the same came back: no other pod makes room for it, and it goes.</summary>
    private static void DeleteStrays(EntityKey self, OwnerDraft<JobState, Job> draft)
    {
        if (!draft.State.IsTerminating)
        {
            JobPods.Delete(self, draft, [.. draft.State.Claims.Values.Where(claim =>
                claim is { IsSettled: true, IsDeletionRequested: false, IsGone: false, Observation.IsActive: true })]);
        }
    }

    /// <summary>Which of several pods of an index goes is decided once all have reported.</summary>
    private static bool DeleteSuperfluous(EntityKey self, OwnerDraft<JobState, Job> draft, DateTimeOffset now)
    {
        var wanted = draft.State.Claims.Values.Where(JobPods.IsWanted).ToList();
        if (draft.State.IsTerminating || wanted.Any(claim => claim is { IsObserved: false, IsConfirmed: true }))
        {
            return false;
        }

        var superfluous = CompletionIndexes.Superfluous(draft.Shown, wanted, now);
        JobPods.Delete(self, draft, superfluous);
        return superfluous.Count > 0;
    }

    /// <summary>What the number of pods is decided by, which indexes may have one now, and when others
    /// may.</summary>
    private static (ReplicaCountInput Count, IReadOnlyList<int> Indexes, DateTimeOffset? NextAt) CountOf(
        OwnerDraft<JobState, Job> draft, DateTimeOffset now)
    {
        var (state, job) = (draft.State, draft.Shown);
        var claims = state.Claims.Values;
        var active = claims.Count(claim => claim.IsActive);
        var holdsPlace = JobPods.AreReplacedWhenEnded(job) ? claims.Count(claim => claim.IsLeaving) : 0;
        var (desired, taken) = (PodsWanted(job, active), active + holdsPlace);
        IReadOnlyList<int> indexes = [];
        DateTimeOffset? nextAt = null;
        if (CompletionIndexes.Has(job))
        {
            (indexes, nextAt) = CompletionIndexes.Missing(job, state, desired - taken, now);
            desired = Math.Min(desired, taken + indexes.Count);
            if (nextAt is { } next)
            {
                draft.Decision.SetTimer(BackOffTimer, next, Reconcile.Instance);
            }
        }

        var input = new ReplicaCountInput
        {
            Desired = desired,
            Active = taken,
            Wanted = claims.Count(JobPods.IsWanted),
            Unconfirmed = claims.Count(claim => claim is { IsActive: true, IsConfirmed: false }),
            Unobserved = claims.Count(claim => claim is { IsActive: true, IsObserved: false, IsConfirmed: true }),
            AdoptableKnown = state.AdoptableKnown,
            IsTerminating = state.IsTerminating,
            RetryAt = CompletionIndexes.FailAlone(job)
                ? state.Failure?.RetryAt
                : Later(state.Failure?.RetryAt, state.BackOff.Until),
        };
        return (input, indexes, nextAt);
    }

    /// <summary>
    /// As many pods as parallelism allows, and as successes are missing. Without a number of completions the pods know
    /// among themselves when the work is done: after the first success no more are made.
    /// <code>
    ///   completions 6, parallelism 2: succeeded 0    2
    ///   completions 6, parallelism 2: succeeded 5    1
    ///   parallelism 3: succeeded 0                   3
    ///   parallelism 3: succeeded 1, active 2         2
    /// </code>
    /// </summary>
    private static int PodsWanted(Job job, int active)
    {
        var parallelism = job.Spec.Parallelism ?? 1;
        if (job.Spec.Completions is { } completions)
        {
            return Math.Clamp(completions - job.Status.Succeeded, 0, parallelism);
        }

        return job.Status.Succeeded > 0 ? Math.Min(active, parallelism) : parallelism;
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other > one ? other : one;

    /// <summary>While pods have not reported after a restart, what was shown of them is the best that is
    /// known.</summary>
    private static void ShowPods(OwnerDraft<JobState, Job> draft, DateTimeOffset now)
    {
        var (job, claims) = (draft.Shown, draft.State.Claims.Values);
        var awaitsReports = draft.State.ActiveSince + ReportPatience > now
            && claims.Any(claim => claim is { IsObserved: false, IsConfirmed: true });
        var active = claims.Count(claim => claim.IsActive);
        var ready = claims.Count(claim => claim is { IsActive: true, Observation.IsReady: true });
        draft.Shown = job with
        {
            Status = job.Status with
            {
                Active = active,
                Ready = awaitsReports ? Math.Min(job.Status.Ready ?? 0, active) : ready,
                Terminating = awaitsReports ? job.Status.Terminating : claims.Count(claim => claim.IsLeaving),
                UncountedTerminatedPods = job.Status.UncountedTerminatedPods ?? new UncountedTerminatedPods(),
            },
        };
    }

    /// <summary>What was decided is the end once every pod has ended and is let go.</summary>
    private static void Finish(OwnerDraft<JobState, Job> draft, DateTimeOffset now)
    {
        var job = draft.Shown;
        var decided = JobConditions.Find(job.Status, JobConditions.FailureTarget)
            ?? JobConditions.Find(job.Status, JobConditions.SuccessCriteriaMet);
        if (decided is not { Status: "True", Reason: { } reason, Message: { } message }
            || !draft.State.Claims.IsEmpty)
        {
            return;
        }

        // A suspended Job may have nothing to do (completions: 0), or have adopted what decides: it has not begun then.
        var ended = ObjectLifecycle.Truncate(now);
        var status = job.Status with { StartTime = job.Status.StartTime ?? ended };
        if (decided.Type == JobConditions.FailureTarget)
        {
            draft.Decision.RecordEvent(job, "Warning", reason, message, JobNames.Component);
            draft.Shown = job with
            {
                Status = status.With(JobConditions.Failed, holds: true, reason, message, now),
            };
        }
        else
        {
            draft.Decision.RecordEvent(job, "Normal", "Completed", "Job completed", JobNames.Component);
            draft.Shown = job with
            {
                Status = status.With(JobConditions.Complete, holds: true, reason, message, now) with
                {
                    CompletionTime = ended,
                },
            };
        }
    }

    /// <summary>spec.ttlSecondsAfterFinished after its end it is deleted, its pods before it.</summary>
    private static void Expire(EntityKey self, OwnerDraft<JobState, Job> draft, DateTimeOffset now)
    {
        var job = draft.Shown;
        if (draft.State.IsTerminating || job.Spec.TtlSecondsAfterFinished is not { } seconds
            || JobConditions.FinishedAt(job.Status) is not { } finished)
        {
            return;
        }

        var due = finished.Later(seconds);
        if (due <= now)
        {
            draft.Decision.Tell(self, new Delete(new DeleteOptions
            {
                PropagationPolicy = "Foreground", Preconditions = new Preconditions { Uid = job.Metadata.Uid },
            }));
            due = now + ReportPatience;
        }

        draft.Decision.SetTimer(ExpiryTimer, due, Reconcile.Instance);
    }
}
