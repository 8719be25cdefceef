using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;

namespace ActorOrchestrator.Domain.CronJobs;

/// <summary>Which Jobs that have ended are kept (spec.successfulJobsHistoryLimit, spec.failedJobsHistoryLimit): the
/// last to start.</summary>
internal static class JobHistory
{
    public static List<ScheduledJobClaim> Expired(CronJobSpec spec, IEnumerable<ScheduledJobClaim> claims)
    {
        var ended = claims
            .Where(claim => claim is { IsDeletionRequested: false, Observation.IsFinished: true }).ToList();
        return
        [
            .. Oldest(ended.Where(claim => claim.Observation!.HasSucceeded), spec.SuccessfulJobsHistoryLimit),
            .. Oldest(ended.Where(claim => !claim.Observation!.HasSucceeded), spec.FailedJobsHistoryLimit),
        ];
    }

    /// <summary>How a Job is told to go, with its pods.</summary>
    public static Delete Deletion(ScheduledJobClaim claim) => new(new DeleteOptions
    {
        PropagationPolicy = "Background", Preconditions = new Preconditions { Uid = claim.Uid },
    });

    private static IEnumerable<ScheduledJobClaim> Oldest(IEnumerable<ScheduledJobClaim> ended, int? limit) =>
        ended.OrderByDescending(claim => claim.Observation!.StartedAt)
            .ThenByDescending(claim => claim.Name, StringComparer.Ordinal)
            .Skip(limit ?? int.MaxValue)
            .Reverse();
}
