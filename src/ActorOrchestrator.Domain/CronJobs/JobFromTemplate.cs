using System.Globalization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.CronJobs;

/// <summary>The Job that a CronJob asks for: its template, named by the minute that it is for.</summary>
internal static class JobFromTemplate
{
    /// <summary>The time in minutes since 1970: the same however often it is asked for.</summary>
    public static string Name(CronJob cronJob, DateTimeOffset time) =>
        $"{cronJob.Metadata.Name}-{time.ToUnixTimeSeconds() / 60}";

    public static Job Make(CronJob cronJob, ScheduledJobClaim claim)
    {
        var template = cronJob.Spec.JobTemplate;
        return Defaults.Apply(new Job
        {
            Metadata = new ObjectMeta
            {
                Name = claim.Name,
                Namespace = cronJob.Metadata.Namespace,
                Uid = claim.Uid,
                Labels = template.Metadata.Labels,
                Annotations = claim.ScheduledAt is { } time
                    ? template.Metadata.Annotations.With(ScheduledJobClaim.TimeAnnotation, Text(cronJob, time))
                    : template.Metadata.Annotations,
                OwnerReferences = [Owners.ReferenceTo(cronJob)],
            },
            Spec = template.Spec,
        });
    }

    /// <summary>In the CronJob's zone, if it has one.</summary>
    private static string Text(CronJob cronJob, DateTimeOffset time)
    {
        var zone = cronJob.Spec.TimeZone is null ? TimeZoneInfo.Utc : Schedule.Of(cronJob.Spec).Schedule?.Zone;
        return zone is null || zone == TimeZoneInfo.Utc
            ? time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
            : TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
    }
}
