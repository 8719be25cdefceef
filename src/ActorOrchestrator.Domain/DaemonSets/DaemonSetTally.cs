using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.ConfigRollouts;

namespace ActorOrchestrator.Domain.DaemonSets;

/// <summary>
/// A DaemonSet's nodes, counted at one instant. Of the nodes that are to run a pod:
/// <code>
///   pods                     scheduled   ready, available   updated
///   none, or only asked for     -               -              -
///   new                         x        as the pod is         x
///   old                         x        as the pod is         -
///   old, new                    x        if either is          -     (a surge)
///   old on its way out          x               -              -
/// </code>
/// So a node is updated when nothing old is left on it: that is what kubectl rollout status waits for.
/// </summary>
public sealed record DaemonSetTally
{
    public int Desired { get; private init; }
    public int Scheduled { get; private init; }
    public int Misscheduled { get; private init; }
    public int Ready { get; private init; }
    public int Available { get; private init; }
    public int Updated { get; private init; }

    /// <summary>When the next ready pod becomes available; null if none is about to.</summary>
    public DateTimeOffset? NextAvailableAt { get; private init; }

    public static DaemonSetTally Of(IReadOnlyList<DaemonNode> nodes, DateTimeOffset now)
    {
        int desired = 0, scheduled = 0, misscheduled = 0, ready = 0, available = 0, updated = 0;
        DateTimeOffset? next = null;
        foreach (var node in nodes.Where(node => node.Fit is not null))
        {
            var pods = node.Pods.Where(pod => pod.IsConfirmed).ToList();
            if (!node.IsDesired)
            {
                misscheduled += pods.Count > 0 ? 1 : 0;
                continue;
            }

            desired++;
            scheduled += pods.Count > 0 ? 1 : 0;
            ready += pods.Any(pod => pod is { IsRunning: true, IsReady: true }) ? 1 : 0;
            available += pods.Any(pod => pod.IsAvailable(now)) ? 1 : 0;
            updated += pods.Count > 0 && pods.All(pod => pod.IsNew) ? 1 : 0;
            foreach (var pod in pods.Where(pod => pod.IsRunning && pod.AvailableAt > now && !(pod.AvailableAt > next)))
            {
                next = pod.AvailableAt;
            }
        }

        return new DaemonSetTally
        {
            Desired = desired, Scheduled = scheduled, Misscheduled = misscheduled, Ready = ready,
            Available = available, Updated = updated, NextAvailableAt = next,
        };
    }

    /// <summary>apps/v1 DaemonSetStatus, as it is now to be shown.</summary>
    public DaemonSetStatus Status(DaemonSet set) => set.Status with
    {
        DesiredNumberScheduled = Desired,
        CurrentNumberScheduled = Scheduled,
        NumberMisscheduled = Misscheduled,
        NumberReady = Ready,
        NumberAvailable = Available,
        NumberUnavailable = Desired - Available,
        UpdatedNumberScheduled = Updated,
        ObservedGeneration = ConfigPins.ObservedGeneration(set, set.Status.ObservedGeneration),
    };
}
