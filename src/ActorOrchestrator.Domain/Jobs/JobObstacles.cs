using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>Tells what a Job waits for, as Events, which <c>kubectl describe</c> shows. What lasts is told again before
/// its Event expires.</summary>
internal static class JobObstacles
{
    private const string Timer = "obstacle";
    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromMinutes(20);

    public static void Tell(OwnerDraft<JobState, Job> draft, JobObstacle? backOff, DateTimeOffset now)
    {
        var job = draft.Shown;
        var isOver = draft.State.IsTerminating
            || JobConditions.IsFailing(job.Status) || JobConditions.IsSucceeding(job.Status);
        var rejected = RejectedIn(draft.State);
        var obstacles = isOver ? rejected : [.. rejected, .. Of(draft.State, backOff)];
        var (before, told) = (draft.State.Told, new List<ToldObstacle>());
        foreach (var obstacle in obstacles)
        {
            var known = before.FirstOrDefault(each => each.Key == obstacle.Key);
            if (known.Key is null || known.At + TellAgainAfter <= now)
            {
                draft.Decision.RecordEvent(
                    job, obstacle.Type, obstacle.Reason, obstacle.Describe(), JobNames.Component);
                known = new ToldObstacle(obstacle.Key, now);
            }

            told.Add(known);
        }

        if (!told.SequenceEqual(before))
        {
            draft.Emit(new JobObstaclesTold(told.ToValueList()));
        }

        if (told.Count > 0)
        {
            draft.Decision.SetTimer(Timer, told.Min(each => each.At) + TellAgainAfter, Reconcile.Instance);
        }
    }

    /// <summary>Also of a Job that has failed by it: until the pods are let go.</summary>
    private static List<JobObstacle> RejectedIn(JobState state) =>
    [
        .. from claim in state.Claims.Values
           where !claim.IsGone && claim.Observation?.Rejection is not null
           select new JobObstacle.Rejected(claim.Name, claim.Observation!.Rejection!),
    ];

    /// <summary>The pods' troubles, each once, and that the next pod has to wait.</summary>
    private static List<JobObstacle> Of(JobState state, JobObstacle? backOff)
    {
        var troubled = state.Claims.Values
            .Where(claim => claim is { IsActive: true, Run.Trouble: not null })
            .Select(claim => (claim.Name, Trouble: claim.Run!.Trouble!)).ToList();
        var obstacles = troubled
            .Where(pod => pod.Trouble.Container is not null)
            .Select(JobObstacle (pod) => new JobObstacle.NotStarting(
                pod.Name, pod.Trouble.Container!, pod.Trouble.Reason, pod.Trouble.Message))
            .DistinctBy(obstacle => obstacle.Key).ToList();
        var unscheduled = troubled.Where(pod => pod.Trouble.Container is null).ToList();
        if (unscheduled.Count > 0)
        {
            var (_, trouble) = unscheduled[0];
            obstacles.Add(new JobObstacle.Unschedulable(unscheduled.Count, trouble.Message ?? trouble.Reason));
        }

        if (backOff is not null)
        {
            obstacles.Add(backOff);
        }

        return obstacles;
    }
}
