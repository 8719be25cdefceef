using System.Globalization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.CronJobs;

/// <summary>A CronJob's reconciliation: show what has ended, let old Jobs go, start what is due.</summary>
internal static class CronJobReconciler
{
    private const string ScheduleTimer = "schedule";

    public static void Converge(
        EntityKey self, OwnerDraft<CronJobState, CronJob> draft, in DecisionContext context)
    {
        ShowEnded(draft);
        if (!draft.State.IsTerminating)
        {
            DeleteAll(self, draft, JobHistory.Expired(draft.Shown.Spec, draft.State.Claims.Values));
            Run(self, draft, context);
        }

        ShowActive(draft);
    }

    /// <summary>The Job of a time is there; only now the time is shown, so that who sees it finds the Job.</summary>
    public static void ShowCreated(OwnerDraft<CronJobState, CronJob> draft, ScheduledJobClaim claim)
    {
        Record(draft, "Normal", "SuccessfulCreate", $"Created job {claim.Name}");
        Show(draft, status => claim.ScheduledAt > (status.LastScheduleTime ?? DateTimeOffset.MinValue)
            ? status with { LastScheduleTime = claim.ScheduledAt }
            : status);
    }

    public static void ShowRefusal(OwnerDraft<CronJobState, CronJob> draft, string message) =>
        Record(draft, "Warning", "FailedCreate", $"Error creating job: {message}");

    /// <summary>What was shown as active and has ended since, or is gone.</summary>
    private static void ShowEnded(OwnerDraft<CronJobState, CronJob> draft)
    {
        foreach (var active in draft.Shown.Status.Active)
        {
            var claim = draft.State.Claims.GetValueOrDefault(active.Uid ?? "");
            if (claim is null)
            {
                Record(draft, "Normal", "MissingJob", $"Active job went missing: {active.Name}");
            }
            else if (claim.Observation is { IsFinished: true } ended)
            {
                var condition = ended.HasSucceeded ? JobConditions.Complete : JobConditions.Failed;
                Record(draft, "Normal", "SawCompletedJob",
                    $"Saw completed job: {active.Name}, condition: {condition}");
            }
        }

        var lastSuccess = draft.State.Claims.Values
            .Where(claim => claim.Observation is { HasSucceeded: true }).Max(claim => claim.Observation!.CompletedAt);
        Show(draft, status => lastSuccess > (status.LastSuccessfulTime ?? DateTimeOffset.MinValue)
            ? status with { LastSuccessfulTime = lastSuccess }
            : status);
    }

    private static void ShowActive(OwnerDraft<CronJobState, CronJob> draft)
    {
        var active = draft.State.Claims.Values.Where(claim => claim is { IsActive: true, IsConfirmed: true })
            .OrderBy(claim => claim.Name, StringComparer.Ordinal)
            .Select(claim => new ObjectReference
            {
                ApiVersion = "batch/v1",
                Kind = "Job",
                Namespace = draft.Shown.Metadata.Namespace,
                Name = claim.Name,
                Uid = claim.Uid,
            })
            .ToValueList();
        Show(draft, status => status with { Active = active });
    }

    private static void Run(EntityKey self, OwnerDraft<CronJobState, CronJob> draft, in DecisionContext context)
    {
        var (spec, now) = (draft.Shown.Spec, context.Now);
        var (schedule, trouble) = Schedule.Of(spec);
        if (schedule is null)
        {
            PassOver(draft, new PassedOver(trouble!.Reason, DateTimeOffset.MinValue), "Warning", trouble.Message);
            return;
        }

        var reached = ReachedBy(draft);
        var run = NextRun.Of(
            new RunInput
            {
                Spec = spec,
                Schedule = schedule,
                Reached = reached,
                Running = draft.State.Claims.Values.Count(claim => claim.MayRun),
            },
            now);
        switch (run)
        {
            case NextRun.Starts starts when !(draft.State.Failure?.RetryAt > now):
                Start(self, draft, starts, context.Ids);
                break;
            case NextRun.IsTooLate late:
                PassOver(draft, new PassedOver("MissSchedule", late.Time), "Warning",
                    $"Missed scheduled time to start a job: {Text(late.Time)}");
                break;
            case NextRun.IsForbidden forbidden:
                PassOver(draft, new PassedOver("JobAlreadyActive", forbidden.Time), "Normal",
                    "Not starting job because prior execution is running and concurrency policy is Forbid");
                break;
            case NextRun.Waits or NextRun.IsSuspended when draft.State.Failure is not null:
                draft.Emit(new CreationFailed(null));
                break;
        }

        // Not counted from now: @every counts from the time before, and each reconciliation would put it off.
        if (run is not NextRun.IsSuspended && schedule.Next(schedule.Last(reached, now) ?? reached) is { } next)
        {
            draft.Decision.SetTimer(ScheduleTimer, next, Reconcile.Instance);
        }
    }

    /// <summary>Up to where the schedule is worked off; one that was stored before CronJobs were run here has only what
    /// it shows.</summary>
    private static DateTimeOffset ReachedBy(OwnerDraft<CronJobState, CronJob> draft) =>
        draft.State.Reached
        ?? draft.Shown.Status.LastScheduleTime
        ?? draft.Shown.Metadata.CreationTimestamp
        ?? throw new InvalidOperationException($"{draft.Shown.Metadata.Name} has no time of creation");

    /// <summary>With Replace, what runs goes; it is not waited for.</summary>
    private static void Start(
        EntityKey self, OwnerDraft<CronJobState, CronJob> draft, NextRun.Starts starts, IIdSource ids)
    {
        var name = JobFromTemplate.Name(draft.Shown, starts.Time);
        var claimed = new ScheduledJobClaimed(ids.NewUid(), name, starts.Time);
        var job = JobFromTemplate.Make(
            draft.Shown, new ScheduledJobClaim(claimed.Uid, name) { ScheduledAt = starts.Time });
        if (Validator.Validate(job) is { Count: > 0 } errors)
        {
            // Of a template the metadata are checked only now.
            PassOver(draft, new PassedOver("FailedCreate", starts.Time), "Warning",
                $"Error creating job: {errors.ToStatus(KindRegistry.Of<Job>(), name).Message}");
            return;
        }

        if (draft.Shown.Spec.ConcurrencyPolicy == "Replace")
        {
            DeleteAll(self, draft, [.. draft.State.Claims.Values.Where(claim => claim.IsActive)]);
        }

        if (starts.Missed > 0)
        {
            Record(draft, "Warning", "MissSchedule",
                $"Missed {Count(starts.Missed)} since {Text(ReachedBy(draft))}; starting the last one, "
                + Text(starts.Time));
        }

        draft.Emit(claimed);
        draft.Decision.Tell(self with { Resource = ScheduledJobClaim.Jobs, Name = name }, new Create(job));
    }

    private static void DeleteAll(
        EntityKey self, OwnerDraft<CronJobState, CronJob> draft, List<ScheduledJobClaim> claims)
    {
        if (claims.Count == 0)
        {
            return;
        }

        draft.Emit(new ScheduledJobsDeletionRequested(claims.Uids()));
        foreach (var claim in claims)
        {
            draft.Decision.Tell(
                self with { Resource = ScheduledJobClaim.Jobs, Name = claim.Name }, JobHistory.Deletion(claim));
            Record(draft, "Normal", "SuccessfulDelete", $"Deleted job {claim.Name}");
        }
    }

    /// <summary>Says once why a time starts no Job.</summary>
    private static void PassOver(
        OwnerDraft<CronJobState, CronJob> draft, PassedOver what, string type, string message)
    {
        if (draft.State.PassedOver != what)
        {
            draft.Emit(new TimePassedOver(what));
            Record(draft, type, what.Reason, message);
        }
    }

    private static void Show(OwnerDraft<CronJobState, CronJob> draft, Func<CronJobStatus, CronJobStatus> change) =>
        draft.Shown = draft.Shown with { Status = change(draft.Shown.Status) };

    private static void Record(
        OwnerDraft<CronJobState, CronJob> draft, string type, string reason, string message) =>
        draft.Decision.RecordEvent(draft.Shown, type, reason, message, CronJobDecider.Component);

    private static string Count(int missed) => missed switch
    {
        1 => "1 scheduled time",
        NextRun.MissedMax => $"{missed} or more scheduled times",
        _ => $"{missed} scheduled times",
    };

    private static string Text(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
}
