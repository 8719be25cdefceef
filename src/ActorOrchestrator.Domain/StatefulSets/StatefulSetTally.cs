using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Domain.StatefulSets;

/// <summary>A StatefulSet's pods, counted at one instant:
/// <code>
///   pod                    replicas   ready, available   current, updated
///   only asked for            -              -                  -
///   there                     x        as the pod is      by its revision
///   there, told to go         x              -                  -
/// </code>
/// </summary>
public sealed record StatefulSetTally
{
    private int Replicas { get; init; }
    private int Ready { get; init; }
    private int Available { get; init; }
    private int Current { get; init; }
    private int Updated { get; init; }

    /// <summary>When the next ready pod becomes available; null if none is about to.</summary>
    public DateTimeOffset? NextAvailableAt { get; private init; }

    public static StatefulSetTally Of(StatefulInput input, DateTimeOffset now)
    {
        var pods = input.Pods.Values.Where(pod => pod.IsConfirmed).ToList();
        var staying = pods.Where(pod => !pod.IsLeaving).ToList();
        return new StatefulSetTally
        {
            Replicas = pods.Count,
            Ready = staying.Count(pod => pod is { IsRunning: true, IsReady: true }),
            Available = staying.Count(pod => pod.IsAvailable(now)),
            Current = staying.Count(pod => pod.Revision == input.Current),
            Updated = staying.Count(pod => pod.Revision == input.Update),
            NextAvailableAt = staying.Where(pod => pod.IsRunning && pod.AvailableAt > now)
                .Min(pod => pod.AvailableAt),
        };
    }

    /// <summary>apps/v1 StatefulSetStatus, as it is now to be shown. An update is complete, and its revision the
    /// current one, when every pod is of it and ready.</summary>
    public StatefulSetStatus Status(StatefulSet set, StatefulInput input)
    {
        var isComplete = input.Rolls
            && (Replicas, Updated, Ready) == (input.Replicas, input.Replicas, input.Replicas);
        return set.Status with
        {
            Replicas = Replicas,
            ReadyReplicas = Ready,
            AvailableReplicas = Available,
            CurrentReplicas = isComplete ? Updated : Current,
            UpdatedReplicas = Updated,
            CurrentRevision = isComplete ? input.Update : input.Current,
            UpdateRevision = input.Update,
            CollisionCount = set.Status.CollisionCount ?? 0,
        };
    }
}
