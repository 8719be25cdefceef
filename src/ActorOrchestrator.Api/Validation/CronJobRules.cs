using System.Text.RegularExpressions;
using ActorOrchestrator.Api.Batch;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of CronJobs.</summary>
internal static partial class CronJobRules
{
    /// <summary>A Job's name is the CronJob's plus a dash and ten digits, and must fit into 63 characters.</summary>
    public const int NameLengthMax = 52;

    private static readonly FieldPath Spec = FieldPath.Root("spec");

    /// <param name="errors">What is complained of.</param>
    /// <param name="cronJob">As it is to be.</param>
    /// <param name="old">As it is; null for a new one.</param>
    public static void Check(FieldErrors errors, CronJob cronJob, CronJob? old)
    {
        var spec = cronJob.Spec;
        if (old is null && cronJob.Metadata.Name?.Length > NameLengthMax)
        {
            errors.Invalid(FieldPath.Root("metadata").Child("name"), cronJob.Metadata.Name,
                NameRules.CharactersAtMost(NameLengthMax));
        }

        CheckSchedule(errors, spec, hadZone: old?.Spec.Schedule.Contains("TZ") == true);
        MetadataRules.NotNegative(errors, Spec.Child("startingDeadlineSeconds"), spec.StartingDeadlineSeconds);
        if (old is null || old.Spec.TimeZone != spec.TimeZone)
        {
            CheckZone(errors, Spec.Child("timeZone"), spec.TimeZone);
        }

        CheckConcurrency(errors, Spec.Child("concurrencyPolicy"), spec.ConcurrencyPolicy);
        var template = Spec.Child("jobTemplate", "spec");
        JobRules.CheckSpec(errors, template, spec.JobTemplate.Spec);
        if (spec.JobTemplate.Spec.Selector is { } selector)
        {
            errors.InvalidJson(template.Child("selector"), Shown.Of(selector), "`selector` will be auto-generated");
        }

        if (spec.JobTemplate.Spec.ManualSelector is true)
        {
            errors.NotSupported(template.Child("manualSelector"), "true", "nil", "false");
        }

        MetadataRules.NotNegative(errors, Spec.Child("successfulJobsHistoryLimit"), spec.SuccessfulJobsHistoryLimit);
        MetadataRules.NotNegative(errors, Spec.Child("failedJobsHistoryLimit"), spec.FailedJobsHistoryLimit);
    }

    private static void CheckConcurrency(FieldErrors errors, FieldPath path, string? policy)
    {
        if (string.IsNullOrEmpty(policy))
        {
            errors.Required(path);
        }
        else if (policy is not ("Allow" or "Forbid" or "Replace"))
        {
            errors.NotSupported(path, policy, "Allow", "Forbid", "Replace");
        }
    }

    /// <summary>A zone in the schedule is how it was said before there was a field for it.</summary>
    private static void CheckSchedule(FieldErrors errors, CronJobSpec spec, bool hadZone)
    {
        var path = Spec.Child("schedule");
        var hasZone = spec.Schedule.Contains("TZ");
        if (spec.Schedule.Length == 0)
        {
            errors.Required(path);
        }
        else if (!hasZone && CronSyntax.Complaint(spec.Schedule) is { } complaint)
        {
            errors.Invalid(path, spec.Schedule, complaint);
        }
        else if (hasZone && !hadZone)
        {
            errors.Invalid(path, spec.Schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        }
        else if (hasZone && spec.TimeZone is not null)
        {
            errors.Invalid(path, spec.Schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule");
        }
    }

    private static void CheckZone(FieldErrors errors, FieldPath path, string? zone)
    {
        if (zone is null)
        {
            return;
        }

        if (zone.Length == 0)
        {
            errors.Invalid(path, zone, "timeZone must be nil or non-empty string");
        }
        else if (zone.Split('/').Any(part => part is "." or ".." || part.StartsWith('-') || !Part().IsMatch(part)))
        {
            errors.Invalid(path, zone, $"unknown time zone {zone}");
        }
        else if (zone.Equals("Local", StringComparison.OrdinalIgnoreCase))
        {
            errors.Invalid(path, zone,
                "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        }
        else if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            errors.Invalid(path, zone, $"unknown time zone {zone}");
        }
    }

    [GeneratedRegex(@"^[A-Za-z._0-9+-]{1,14}\z")]
    private static partial Regex Part();
}
