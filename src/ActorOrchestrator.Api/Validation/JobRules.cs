using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Selectors;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of Jobs and CronJobs.</summary>
internal static class JobRules
{
    /// <summary>A Job's name is the CronJob's plus a dash and ten digits, and must fit into 63 characters.</summary>
    public const int CronJobNameLengthMax = 52;

    private const int IndexedParallelismMax = 100_000;
    private const int PolicyRulesMax = 20;

    public static void Check(FieldErrors errors, Job job) => CheckSpec(errors, FieldPath.Root("spec"), job.Spec);

    public static void Check(FieldErrors errors, CronJob cronJob, bool checkName)
    {
        var path = FieldPath.Root("spec");
        var spec = cronJob.Spec;
        if (checkName && cronJob.Metadata.Name?.Length > CronJobNameLengthMax)
        {
            errors.Invalid(FieldPath.Root("metadata").Child("name"), cronJob.Metadata.Name,
                NameRules.CharactersAtMost(CronJobNameLengthMax));
        }

        CheckSchedule(errors, path, spec);
        MetadataRules.NotNegative(errors, path.Child("startingDeadlineSeconds"), spec.StartingDeadlineSeconds);
        if (string.IsNullOrEmpty(spec.ConcurrencyPolicy))
        {
            errors.Required(path.Child("concurrencyPolicy"));
        }
        else if (spec.ConcurrencyPolicy is not ("Allow" or "Forbid" or "Replace"))
        {
            errors.NotSupported(path.Child("concurrencyPolicy"), spec.ConcurrencyPolicy,
                "Allow", "Forbid", "Replace");
        }

        var template = path.Child("jobTemplate", "spec");
        CheckSpec(errors, template, spec.JobTemplate.Spec);
        if (spec.JobTemplate.Spec.ManualSelector is true)
        {
            errors.NotSupported(template.Child("manualSelector"), "true", "nil", "false");
        }

        MetadataRules.NotNegative(
            errors, path.Child("successfulJobsHistoryLimit"), spec.SuccessfulJobsHistoryLimit);
        MetadataRules.NotNegative(errors, path.Child("failedJobsHistoryLimit"), spec.FailedJobsHistoryLimit);
    }

    public static void CheckUpdate(FieldErrors errors, JobSpec old, JobSpec @new)
    {
        var path = FieldPath.Root("spec");
        var elastic = @new.CompletionMode == "Indexed"
                      && @new.Completions == @new.Parallelism
                      && @new.Completions is not null
                      && old.Completions is not null;
        if (old.Completions != @new.Completions && !elastic)
        {
            errors.InvalidJson(path.Child("completions"), @new.Completions?.ToString() ?? "null",
                MetadataRules.Immutable);
        }

        // The selector is generated on creation; leaving it out keeps it.
        if (@new.Selector is not null && old.Selector is not null && old.Selector != @new.Selector)
        {
            errors.InvalidJson(path.Child("selector"), Shown.Of(@new.Selector), MetadataRules.Immutable);
        }

        if (Comparable(old, old.Template) != Comparable(old, @new.Template))
        {
            errors.InvalidJson(path.Child("template"), Shown.Of(@new.Template), MetadataRules.Immutable);
        }

        CheckKept(errors, path.Child("completionMode"), old.CompletionMode, @new.CompletionMode);
        CheckKept(errors, path.Child("managedBy"), old.ManagedBy, @new.ManagedBy);
        if (old.PodFailurePolicy != @new.PodFailurePolicy)
        {
            errors.InvalidJson(
                path.Child("podFailurePolicy"), Shown.Of(@new.PodFailurePolicy), MetadataRules.Immutable);
        }

        if (old.BackoffLimitPerIndex != @new.BackoffLimitPerIndex)
        {
            errors.InvalidJson(path.Child("backoffLimitPerIndex"), @new.BackoffLimitPerIndex?.ToString() ?? "null",
                MetadataRules.Immutable);
        }
    }

    private static void CheckKept(FieldErrors errors, FieldPath path, string? old, string? @new)
    {
        if (old != @new)
        {
            errors.InvalidJson(path, @new is null ? "null" : FieldError.Quote(@new), MetadataRules.Immutable);
        }
    }

    /// <summary>While a Job is suspended, where its pods may run can still be changed.</summary>
    private static PodTemplateSpec Comparable(JobSpec job, PodTemplateSpec template)
    {
        if (job.Suspend is not true)
        {
            return template;
        }

        var metadata = template.Metadata with { Annotations = ValueMap<string>.Empty, Labels = ValueMap<string>.Empty };
        var spec = template.Spec with
        {
            NodeSelector = ValueMap<string>.Empty, Affinity = null, Tolerations = [], SchedulingGates = [],
        };
        return template with { Metadata = metadata, Spec = spec };
    }

    private static void CheckSpec(FieldErrors errors, FieldPath path, JobSpec spec)
    {
        MetadataRules.NotNegative(errors, path.Child("parallelism"), spec.Parallelism);
        MetadataRules.NotNegative(errors, path.Child("completions"), spec.Completions);
        MetadataRules.NotNegative(errors, path.Child("activeDeadlineSeconds"), spec.ActiveDeadlineSeconds);
        MetadataRules.NotNegative(errors, path.Child("backoffLimit"), spec.BackoffLimit);
        MetadataRules.NotNegative(errors, path.Child("backoffLimitPerIndex"), spec.BackoffLimitPerIndex);
        MetadataRules.NotNegative(errors, path.Child("maxFailedIndexes"), spec.MaxFailedIndexes);
        MetadataRules.NotNegative(errors, path.Child("ttlSecondsAfterFinished"), spec.TtlSecondsAfterFinished);
        CheckCompletionMode(errors, path, spec);
        if (spec.PodReplacementPolicy is not (null or "Failed" or "TerminatingOrFailed"))
        {
            errors.NotSupported(path.Child("podReplacementPolicy"), spec.PodReplacementPolicy,
                "Failed", "TerminatingOrFailed");
        }

        CheckFailurePolicy(errors, path.Child("podFailurePolicy"), spec);
        SelectorRules.Check(errors, path.Child("selector"), spec.Selector);
        var matches = spec.Selector is null
                      || (LabelMatcher.TryFrom(spec.Selector, out var matcher, out _)
                          && matcher.Matches(spec.Template.Metadata.Labels));
        if (!matches)
        {
            errors.InvalidJson(path.Child("template", "metadata").Child("labels"),
                Shown.Map(spec.Template.Metadata.Labels), WorkloadRules.TemplateMismatch);
        }

        PodRules.CheckTemplate(errors, path.Child("template"), spec.Template);
        var policy = path.Child("template", "spec").Child("restartPolicy");
        if (spec.Template.Spec.RestartPolicy is "Always" or null or "")
        {
            errors.Required(policy, "valid values: \"OnFailure\", \"Never\"");
        }
        else if (spec.Template.Spec.RestartPolicy is not ("OnFailure" or "Never"))
        {
            errors.NotSupported(policy, spec.Template.Spec.RestartPolicy, "OnFailure", "Never");
        }
        else if (spec.PodFailurePolicy is not null && spec.Template.Spec.RestartPolicy != "Never")
        {
            errors.Invalid(policy, spec.Template.Spec.RestartPolicy,
                "only \"Never\" is supported when podFailurePolicy is specified");
        }
    }

    private static void CheckCompletionMode(FieldErrors errors, FieldPath path, JobSpec spec)
    {
        if (spec.CompletionMode is not (null or "Indexed" or "NonIndexed"))
        {
            errors.NotSupported(path.Child("completionMode"), spec.CompletionMode, "Indexed", "NonIndexed");
        }

        if (spec.CompletionMode == "Indexed" && spec.Completions is null)
        {
            errors.Required(path.Child("completions"), "when completion mode is Indexed");
        }

        if (spec.CompletionMode == "Indexed" && spec.Parallelism > IndexedParallelismMax)
        {
            errors.Invalid(path.Child("parallelism"), spec.Parallelism.Value,
                $"must be less than or equal to {IndexedParallelismMax} when completion mode is Indexed");
        }

        if (spec.CompletionMode != "Indexed" && spec.BackoffLimitPerIndex is { } limit)
        {
            errors.Invalid(path.Child("backoffLimitPerIndex"), limit, "requires indexed completion mode");
        }

        if (spec.CompletionMode != "Indexed" && spec.MaxFailedIndexes is { } indexes)
        {
            errors.Invalid(path.Child("maxFailedIndexes"), indexes, "requires indexed completion mode");
        }
    }

    private static void CheckFailurePolicy(FieldErrors errors, FieldPath path, JobSpec spec)
    {
        var rules = spec.PodFailurePolicy?.Rules ?? [];
        if (rules.Count > PolicyRulesMax)
        {
            errors.TooMany(path.Child("rules"), rules.Count, PolicyRulesMax);
        }

        for (var i = 0; i < rules.Count; i++)
        {
            var rule = rules[i];
            var at = path.Child("rules").Index(i);
            if (rule.Action.Length == 0)
            {
                errors.Required(at.Child("action"), "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]");
            }
            else if (rule.Action is not ("Count" or "FailIndex" or "FailJob" or "Ignore"))
            {
                errors.NotSupported(at.Child("action"), rule.Action, "Count", "FailIndex", "FailJob", "Ignore");
            }

            if (rule.OnExitCodes is null && rule.OnPodConditions.Count == 0)
            {
                errors.Invalid(at, "", "specifying one of OnExitCodes and OnPodConditions is required");
            }
            else if (rule.OnExitCodes is not null && rule.OnPodConditions.Count > 0)
            {
                errors.Invalid(at, "", "specifying both OnExitCodes and OnPodConditions is not supported");
            }

            if (rule.OnExitCodes is { } codes)
            {
                CheckExitCodes(errors, at.Child("onExitCodes"), codes);
            }
        }
    }

    private static void CheckExitCodes(
        FieldErrors errors, FieldPath path, PodFailurePolicyOnExitCodesRequirement codes)
    {
        if (codes.Operator is not ("In" or "NotIn"))
        {
            errors.NotSupported(path.Child("operator"), codes.Operator, "In", "NotIn");
        }

        if (codes.Values.Count == 0)
        {
            errors.Required(path.Child("values"), "at least one value is required");
        }

        for (var i = 0; i < codes.Values.Count; i++)
        {
            if (codes.Operator == "In" && codes.Values[i] == 0)
            {
                errors.Invalid(path.Child("values").Index(i), 0, "must not be 0 for the In operator");
            }
        }
    }

    private static void CheckSchedule(FieldErrors errors, FieldPath path, CronJobSpec spec)
    {
        var schedule = path.Child("schedule");
        if (spec.Schedule.Length == 0)
        {
            errors.Required(schedule);
        }
        else if (spec.Schedule.Contains("TZ"))
        {
            errors.Invalid(schedule, spec.Schedule, spec.TimeZone is null
                ? "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
                : "cannot use both timeZone field and TZ or CRON_TZ in schedule");
        }
        else if (CronSyntax.Complaint(spec.Schedule) is { } complaint)
        {
            errors.Invalid(schedule, spec.Schedule, complaint);
        }

        if (spec.TimeZone is not { } zone)
        {
            return;
        }

        if (zone.Length == 0)
        {
            errors.Invalid(path.Child("timeZone"), zone, "timeZone must be nil or non-empty string");
        }
        else if (zone.Equals("Local", StringComparison.OrdinalIgnoreCase))
        {
            errors.Invalid(path.Child("timeZone"), zone,
                "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        }
        else if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            errors.Invalid(path.Child("timeZone"), zone, $"unknown time zone {zone}");
        }
    }
}
