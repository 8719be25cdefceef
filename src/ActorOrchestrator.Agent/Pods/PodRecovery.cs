using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>What the runtime holds of one pod.</summary>
public sealed record PodRemains(IReadOnlyList<SandboxView> Sandboxes, IReadOnlyList<ContainerRuntimeStatus> Containers)
{
    public static readonly PodRemains None = new([], []);
}

/// <summary>
/// A pod's state after the agent was started anew: what runs is taken over as it is, nothing is touched.
/// </summary>
public static class PodRecovery
{
    public static PodState StateOf(Pod pod, PodRemains remains, DateTimeOffset now)
    {
        List<ContainerStatus> statuses =
        [
            .. pod.Status.ContainerStatuses, .. pod.Status.InitContainerStatuses,
            .. pod.Status.EphemeralContainerStatuses,
        ];
        var containers = remains.Containers.Select(c => WasTold(statuses, c) ? c : PodFacts.Unheard(c)).ToList();
        var listed = new PodFact.Listed(remains.Sandboxes, containers);
        var state = PodFacts.Apply(PodState.Empty with { StartTime = now }, pod, listed, now);
        foreach (var told in statuses)
        {
            var track = state.Track(told.Name);
            if (track.Current is null && !string.IsNullOrEmpty(told.ContainerID))
            {
                state = state.WithTrack(track.Observed(Vanished(told, told.ContainerID, now)));
            }

            if (track.IsRunning && IsOf(told.ContainerID, track.Current!))
            {
                state = state.WithTrack(Believed(track, told));
            }
        }

        return PodContainer.Of(pod).Aggregate(state, WithResources);
    }

    /// <summary>Whether an earlier agent has reported this incarnation, or a later one.</summary>
    private static bool WasTold(IReadOnlyList<ContainerStatus> statuses, ContainerRuntimeStatus container) =>
        statuses.Any(told => told.Name == container.Name && (container.Attempt < told.RestartCount
            || IsOf(told.ContainerID, container) || IsOf(told.LastState.Terminated?.ContainerID, container)));

    private static bool IsOf(string? containerId, ContainerRuntimeStatus container) =>
        containerId?.EndsWith(container.Id, StringComparison.Ordinal) == true;

    /// <summary>A container of which nothing was told has what its spec says: it was resized by nobody.</summary>
    private static PodState WithResources(PodState state, PodContainer container) =>
        state.Track(container.Name) is { IsRunning: true, Applied: null } track
            ? state.WithTrack(track with { Applied = container.Spec.Resources })
            : state;

    /// <summary>A pod that the cluster no longer knows: made up from what its sandbox tells, to be ended.</summary>
    public static Pod Orphan(string podNamespace, string name, string uid, long? graceSeconds) => new()
    {
        Metadata = new Api.ObjectMeta
        {
            Namespace = podNamespace,
            Name = name,
            Uid = uid,
            DeletionGracePeriodSeconds = graceSeconds,
        },
    };

    /// <summary>
    /// A container that was reported and that the runtime no longer holds (a machine set up anew, a runtime emptied)
    /// has ended: a pod that must not run twice does not, and the restart count goes on.
    /// </summary>
    private static ContainerRuntimeStatus Vanished(ContainerStatus told, string containerId, DateTimeOffset now)
    {
        var ended = told.State.Terminated ?? (told.State.Waiting is null ? null : told.LastState.Terminated);
        return new ContainerRuntimeStatus
        {
            Id = containerId[(containerId.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0)..],
            SandboxId = "",
            Name = told.Name,
            Attempt = (uint)Math.Max(0, told.RestartCount),
            State = ContainerRuntimeState.Exited,
            CreatedAt = ended?.StartedAt ?? told.State.Running?.StartedAt ?? now,
            StartedAt = ended?.StartedAt ?? told.State.Running?.StartedAt,
            FinishedAt = ended?.FinishedAt ?? now,
            ExitCode = ended?.ExitCode ?? 137,
            Reason = ended?.Reason ?? "ContainerStatusUnknown",
            Message = ended is not null
                ? ended.Message ?? ""
                : "The container could not be located when the pod was deleted.  The container used to be Running",
            ImageRef = told.ImageID,
        };
    }

    /// <summary>
    /// The same incarnation was ready when it was last reported: it stays so until a probe says otherwise, so that
    /// restarting the agent takes no endpoint out of service.
    /// </summary>
    private static ContainerTrack Believed(ContainerTrack track, ContainerStatus told) => track with
    {
        Startup = told.Started == true ? new ProbeTrack(ProbeVerdict.Success) : track.Startup,
        Readiness = told.Ready ? new ProbeTrack(ProbeVerdict.Success) : track.Readiness,
        Applied = told.Resources,
    };
}
