using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>One container's status as <c>kubectl get pod -o yaml</c> shows it.</summary>
internal static class ContainerStatusView
{
    /// <summary>Of all of a pod's termination messages (core/v1, terminationMessagePath).</summary>
    private const int MessageBytesMax = 12 * 1024;

    private const string OutOfMemory = "OOMKilled";

    /// <summary>128 and the number of SIGKILL.</summary>
    private const int KilledExitCode = 137;

    public static ContainerStatus Of(PodDraft draft, PodContainer container, bool isOver)
    {
        var track = draft.Track(container);
        var told = Told(draft, container);
        if (track.Current is not { State: not ContainerRuntimeState.Created } current)
        {
            return Never(draft, container, track, told, isOver);
        }

        var state = StateOf(draft, container, track, current, isOver);
        var lastState = state.Waiting is not null && track.HasExited
            ? Terminated(draft, current)
            : track.Previous is { State: ContainerRuntimeState.Exited } previous
                ? Terminated(draft, previous)
                : told?.RestartCount == (int)current.Attempt ? told.LastState : ContainerState.Empty;
        return new ContainerStatus
        {
            Name = container.Name,
            State = state,
            LastState = lastState,
            Ready = container.Role switch
            {
                ContainerRole.Ephemeral => false,
                ContainerRole.Init => track is { HasExited: true, Current.ExitCode: 0 },
                _ => state.Running is not null && track.IsReady(container.Spec),
            },
            Started = IsStarted(container, track, state),
            RestartCount = (int)current.Attempt,
            Image = ImageName(container.Spec, current),
            ImageID = current.ImageRef,
            ContainerID = $"{draft.Node.RuntimeName}://{current.Id}",
            AllocatedResources = container.Spec.Resources.Requests,
            Resources = (track.Applied ?? container.Spec.Resources) with { Claims = [] },
            StopSignal = current.StopSignal ?? container.Spec.Lifecycle?.StopSignal,
            User = current.User is { } user
                ? new()
                {
                    Linux = new() { Uid = user.Uid, Gid = user.Gid, SupplementalGroups = user.Groups },
                }
                : null,
            VolumeMounts = container.Spec.VolumeMounts.Select(Mounted).ToValueList(),
        };
    }

    /// <summary>What is mounted below a read-only volume stays writable, whatever was asked for.</summary>
    private static VolumeMountStatus Mounted(VolumeMount mount) => new()
    {
        Name = mount.Name,
        MountPath = mount.MountPath,
        ReadOnly = mount.ReadOnly,
        RecursiveReadOnly = mount.ReadOnly ? "Disabled" : null,
    };

    /// <summary>Nobody asks it of an ephemeral container.</summary>
    private static bool? IsStarted(PodContainer container, ContainerTrack track, ContainerState state) =>
        container.Role == ContainerRole.Ephemeral
            ? null
            : state.Running is not null
                && (container.Role == ContainerRole.Init || track.IsStarted(container.Spec));

    /// <summary>A time as Kubernetes prints it: whole seconds.</summary>
    public static DateTimeOffset? Seconds(DateTimeOffset? at) =>
        at is { } instant
            ? new DateTimeOffset(instant.Ticks - (instant.Ticks % TimeSpan.TicksPerSecond), instant.Offset)
            : null;

    /// <summary>
    /// The container has no incarnation in the runtime: it waits, or it is known only from the last status.
    /// </summary>
    private static ContainerStatus Never(
        PodDraft draft, PodContainer container, ContainerTrack track, ContainerStatus? told, bool isOver)
    {
        if (isOver && told is not null && !string.IsNullOrEmpty(told.ContainerID))
        {
            return told with
            {
                Ready = container.Role == ContainerRole.Init && told.Ready,
                Started = container.Role == ContainerRole.Ephemeral ? null : false,
            };
        }

        return new ContainerStatus
        {
            Name = container.Name,
            State = new ContainerState { Waiting = WaitingOf(draft, container, track) },
            LastState = told?.State.Terminated is null ? told?.LastState ?? ContainerState.Empty : told.State,
            Started = container.Role == ContainerRole.Ephemeral ? null : false,
            RestartCount = told?.RestartCount ?? 0,
            Image = container.Spec.Image ?? "",
        };
    }

    private static ContainerState StateOf(
        PodDraft draft, PodContainer container, ContainerTrack track, ContainerRuntimeStatus current, bool isOver)
    {
        switch (current.State)
        {
            case ContainerRuntimeState.Running when track.PostStart is HookPhase.Due or HookPhase.Running && !isOver:
                return new ContainerState { Waiting = WaitingOf(draft, container, track) };
            case ContainerRuntimeState.Running or ContainerRuntimeState.Unknown:
                return new ContainerState
                {
                    Running = new ContainerStateRunning { StartedAt = Seconds(current.StartedAt ?? current.CreatedAt) },
                };
            default:
                return !isOver && IsHeldBack(draft, container, track)
                    ? new ContainerState { Waiting = WaitingOf(draft, container, track) }
                    : Terminated(draft, current);
        }
    }

    /// <summary>A dead container shows as waiting once something keeps it from starting again at once.</summary>
    private static bool IsHeldBack(PodDraft draft, PodContainer container, ContainerTrack track) =>
        !PodPhases.IsDone(draft, container)
        && (track.Trouble is not null || ImagePlan.Missing(draft, container) is not null
            || ContainerPlan.CrashLoopUntil(draft, container) is not null);

    private static ContainerStateWaiting WaitingOf(PodDraft draft, PodContainer container, ContainerTrack track)
    {
        if (track.Trouble is { } trouble && !trouble.IsDue(draft.Now))
        {
            return new ContainerStateWaiting { Reason = trouble.Reason, Message = trouble.Message };
        }

        if (ContainerPlan.CrashLoopUntil(draft, container) is not null)
        {
            return CrashLoop(draft, container, track);
        }

        if (track.Trouble is { } last)
        {
            return new ContainerStateWaiting { Reason = last.Reason, Message = last.Message };
        }

        if (ImagePlan.Missing(draft, container) is { } missing)
        {
            return ImageTrouble(draft, missing);
        }

        var isInitializing = draft.Pod.Spec.InitContainers.Count > 0 && !PodPhases.IsInitialized(draft);
        var isInit = container.Role is ContainerRole.Init or ContainerRole.Sidecar;
        return new ContainerStateWaiting
        {
            Reason = isInitializing || isInit ? WaitingReasons.PodInitializing : WaitingReasons.ContainerCreating,
            Message = Unmountable(draft),
        };
    }

    private static string? Unmountable(PodDraft draft) =>
        draft.State is { Volumes: VolumePhase.Absent, VolumeSetback: { } setback } ? setback.Message : null;

    private static ContainerStateWaiting CrashLoop(
        PodDraft draft, PodContainer container, ContainerTrack track) => new()
    {
        Reason = WaitingReasons.CrashLoopBackOff,
        Message = $"back-off {GoDuration(track.BackOff!.Delay)} restarting failed container={container.Name} "
            + $"pod={draft.Pod.Metadata.Name}_{draft.Pod.Metadata.Namespace}({draft.Pod.Metadata.Uid})",
    };

    private static ContainerStateWaiting ImageTrouble(PodDraft draft, MissingImage missing)
    {
        var failing = missing.Progress;
        var isBackingOff = failing.IsPullFailure && failing.FailedAt + ImageProgress.Failing.ShownFor <= draft.Now;
        return isBackingOff
            ? new ContainerStateWaiting
            {
                Reason = WaitingReasons.ImagePullBackOff,
                Message = $"Back-off pulling image \"{missing.Reference}\": {failing.Reason}: {failing.Message}",
            }
            : new ContainerStateWaiting { Reason = failing.Reason, Message = failing.Message };
    }

    private static ContainerState Terminated(PodDraft draft, ContainerRuntimeStatus status) => new()
    {
        Terminated = new ContainerStateTerminated
        {
            ExitCode = status.ExitCode,
            Reason = status.Reason.Length > 0 && !IsAlertOnly(draft, status) ? status.Reason
                : status.ExitCode == 0 ? "Completed" : "Error",
            Message = status.Message.Length > 0 ? Shared(draft, status.Message) : null,
            StartedAt = Seconds(status.StartedAt),
            FinishedAt = Seconds(status.FinishedAt),
            ContainerID = $"{draft.Node.RuntimeName}://{status.Id}",
        },
    };

    /// <summary>Memory ran out in its pod while it ran, and another container was killed: it ended by itself.</summary>
    private static bool IsAlertOnly(PodDraft draft, ContainerRuntimeStatus status) =>
        draft.Node.AlertsAllContainers && PodResources.Of(draft.Pod.Spec) is not null
        && status is { Reason: OutOfMemory, ExitCode: not KilledExitCode };

    /// <summary>All last words of a pod together have a bound, which its containers share alike.</summary>
    private static string Shared(PodDraft draft, string message) =>
        LastWords.Beginning(message, MessageBytesMax / draft.Containers.Count);

    /// <summary>What the spec calls the image, unless the container still runs an older one.</summary>
    private static string ImageName(Container spec, ContainerRuntimeStatus current)
    {
        var isOfThisSpec = !current.Annotations.TryGetValue(RuntimeLabels.ContainerHash, out var hash)
            || hash == ContainerHash.Of(spec);
        return isOfThisSpec || current.Image.Length == 0 ? spec.Image ?? "" : current.Image;
    }

    private static ContainerStatus? Told(PodDraft draft, PodContainer container) =>
        container.StatusIn(draft.State.LastStatus ?? draft.Pod.Status);

    /// <summary>A duration as Go prints it: 10s, 1m20s, 5m0s.</summary>
    private static string GoDuration(TimeSpan duration) => duration.TotalMinutes < 1
        ? $"{duration.Seconds}s"
        : $"{(int)duration.TotalMinutes}m{duration.Seconds}s";
}
