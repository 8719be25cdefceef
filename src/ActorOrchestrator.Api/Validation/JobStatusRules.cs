using ActorOrchestrator.Api.Batch;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of a Job's status, which whoever runs the Job writes.</summary>
internal static class JobStatusRules
{
    private static readonly FieldPath Status = FieldPath.Root("status");

    public static void Check(FieldErrors errors, Job job)
    {
        var status = job.Status;
        MetadataRules.NotNegative(errors, Status.Child("active"), status.Active);
        MetadataRules.NotNegative(errors, Status.Child("succeeded"), status.Succeeded);
        MetadataRules.NotNegative(errors, Status.Child("failed"), status.Failed);
        MetadataRules.NotNegative(errors, Status.Child("ready"), status.Ready);
        MetadataRules.NotNegative(errors, Status.Child("terminating"), status.Terminating);
        CheckUncounted(errors, Status.Child("uncountedTerminatedPods"), status.UncountedTerminatedPods);
        CheckEnd(errors, status);
        CheckIndexes(errors, job.Spec, status);
        if (status.CompletionTime is { } completed && status.StartTime > completed)
        {
            errors.Invalid(Status.Child("completionTime"), Shown.Time(completed)!,
                "completionTime cannot be set before startTime");
        }

        if (status.Ready > status.Active)
        {
            errors.Invalid(Status.Child("ready"), status.Ready.Value, "cannot set more ready pods than active");
        }
    }

    private static void CheckIndexes(FieldErrors errors, JobSpec spec, JobStatus status)
    {
        var (completedAt, failedAt) = (Status.Child("completedIndexes"), Status.Child("failedIndexes"));
        if (spec.CompletionMode != "Indexed" && status.CompletedIndexes is { Length: > 0 } unasked)
        {
            errors.Invalid(completedAt, unasked,
                "cannot set non-empty completedIndexes when non-indexed completion mode");
        }

        if (spec.BackoffLimitPerIndex is null && status.FailedIndexes is { } unlimited)
        {
            errors.Invalid(failedAt, unlimited, "cannot set non-null failedIndexes when backoffLimitPerIndex is null");
        }

        if (spec.Completions is not { } completions)
        {
            return;
        }

        var (completed, complaint) = IndexRanges.Parse(status.CompletedIndexes, completions);
        if (complaint is not null)
        {
            errors.Invalid(completedAt, status.CompletedIndexes!, $"error parsing completedIndexes: {complaint}");
        }

        var (failed, mistake) = IndexRanges.Parse(status.FailedIndexes, completions);
        if (mistake is not null)
        {
            errors.Invalid(failedAt, status.FailedIndexes!, $"error parsing failedIndexes: {mistake}");
        }

        if (completed.Intersect(failed).Ranges is [var both, ..])
        {
            errors.Invalid(failedAt, status.FailedIndexes!,
                $"failedIndexes and completedIndexes overlap at index: {both.First}");
        }
    }

    private static void CheckEnd(FieldErrors errors, JobStatus status)
    {
        var (isComplete, hasFailed) = (Holds(status, "Complete"), Holds(status, "Failed"));
        var conditions = Status.Child("conditions");
        if (isComplete || hasFailed)
        {
            CheckFinished(errors, status);
        }

        Check(hasFailed && !Holds(status, "FailureTarget"),
            "cannot set Failed=True condition without the FailureTarget=true condition");
        Check(isComplete && !Holds(status, "SuccessCriteriaMet"),
            "cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
        Check(isComplete && hasFailed, "cannot set Complete=True and Failed=true conditions");
        Check(isComplete && Holds(status, "FailureTarget"),
            "cannot set Complete=True and FailureTarget=true conditions");
        if (isComplete && status.CompletionTime is null)
        {
            errors.Required(Status.Child("completionTime"), "completionTime is required for Complete jobs");
        }
        else if (!isComplete && status.CompletionTime is { } completed)
        {
            errors.Invalid(Status.Child("completionTime"), Shown.Time(completed)!,
                "cannot set completionTime when there is no Complete=True condition");
        }

        void Check(bool isWrong, string complaint)
        {
            if (isWrong)
            {
                errors.Add(new FieldError(FieldErrorType.Invalid, conditions.ToString(), null, complaint));
            }
        }
    }

    private static void CheckFinished(FieldErrors errors, JobStatus status)
    {
        if (status.Active > 0)
        {
            errors.Invalid(Status.Child("active"), status.Active, "active>0 is invalid for finished job");
        }

        if (status.StartTime is null)
        {
            errors.Required(Status.Child("startTime"), "startTime is required for finished job");
        }

        if (status.UncountedTerminatedPods is { } pods && pods.Failed.Count + pods.Succeeded.Count > 0)
        {
            errors.InvalidJson(Status.Child("uncountedTerminatedPods"), Shown.Of(pods),
                "uncountedTerminatedPods needs to be empty for finished job");
        }
    }

    private static bool Holds(JobStatus status, string type) =>
        status.Conditions.Any(condition => condition.Type == type && condition.Status == "True");

    private static void CheckUncounted(FieldErrors errors, FieldPath path, UncountedTerminatedPods? pods)
    {
        var seen = new HashSet<string>();
        Check(path.Child("succeeded"), pods?.Succeeded ?? []);
        Check(path.Child("failed"), pods?.Failed ?? []);

        void Check(FieldPath list, ValueList<string> uids)
        {
            for (var i = 0; i < uids.Count; i++)
            {
                if (uids[i].Length == 0)
                {
                    errors.Invalid(list.Index(i), "", "must not be empty");
                }
                else if (!seen.Add(uids[i]))
                {
                    errors.Duplicate(list.Index(i), uids[i]);
                }
            }
        }
    }
}
