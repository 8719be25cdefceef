using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>What one container that is to run needs next.</summary>
internal static class ContainerPlan
{
    public static void Drive(PodDraft draft, PodContainer container, SandboxView sandbox)
    {
        var track = draft.Track(container);
        if (draft.State.IsInFlight(PodAction.StartKey(container.Name)))
        {
            draft.Waits(new PodReason.AwaitingContainers(container.Name));
            return;
        }

        switch (track.Current)
        {
            case { State: ContainerRuntimeState.Running } current:
                Keep(draft, container, track, current, sandbox);
                break;
            case { State: ContainerRuntimeState.Unknown } current:
                Kill(draft, container, current, KillCause.Unknown,
                    $"Container is in unknown state, try killing it before restart: {container.Name}");
                break;
            case { State: ContainerRuntimeState.Created } current:
                // Left by an agent that stopped between creating and starting: it never ran, so it is no restart.
                draft.Do(new PodAction.RemoveContainer(container.Name, current.Id, track.OwnFilesOf(current)));
                break;
            case { State: ContainerRuntimeState.Exited } when !IsToRestart(draft, container, track, sandbox):
                break;
            default:
                Start(draft, container, track, sandbox);
                break;
        }
    }

    /// <summary>How long the container waits before it may start again after its last end; null: not at all, or it is
    /// being started, which already counts against its next start.</summary>
    public static DateTimeOffset? CrashLoopUntil(PodDraft draft, PodContainer container)
    {
        var track = draft.Track(container);
        if (track is not { HasExited: true, Current.FinishedAt: { } finishedAt }
            || draft.State.IsInFlight(PodAction.StartKey(container.Name)))
        {
            return null;
        }
        var entry = track.BackOffHash == ContainerHash.Of(container.Spec) ? track.BackOff : null;
        return BackOff.Until(entry, finishedAt, draft.Now);
    }

    private static void Keep(
        PodDraft draft, PodContainer container, ContainerTrack track, ContainerRuntimeStatus current,
        SandboxView sandbox)
    {
        if (current.SandboxId != sandbox.Id)
        {
            Kill(draft, container, current, KillCause.Unknown, $"Stopping container {container.Name}");
        }
        else if (DeadlyFault(container, track, current) is var (cause, message))
        {
            Kill(draft, container, current, cause, message);
        }
        else
        {
            if (track.IsToBeResized(container.Spec))
            {
                draft.Do(new PodAction.ResizeContainer(container, current.Id));
            }

            if (track.PostStart == HookPhase.Due)
            {
                draft.Do(new PodAction.RunPostStart(container, current.Id));
            }

            draft.Wake(ProbePlan.Due(container, track, draft.State, false, draft.Now, draft.Actions));
            if (container.Role != ContainerRole.Init && !track.IsReady(container.Spec))
            {
                draft.Waits(new PodReason.AwaitingContainers(container.Name));
            }
        }
    }

    private static (KillCause Cause, string Message)? DeadlyFault(
        PodContainer container, ContainerTrack track, ContainerRuntimeStatus current)
    {
        if (current.Annotations.TryGetValue(RuntimeLabels.ContainerHash, out var hash)
            && hash != ContainerHash.Of(container.Spec))
        {
            return (KillCause.DefinitionChanged, $"Container {container.Name} definition changed, will be restarted");
        }

        if (IsToRestartForResize(container.Spec, track))
        {
            return (KillCause.Resized, $"Container {container.Name} resize requires restart");
        }

        if (track.Startup.Verdict == ProbeVerdict.Failure)
        {
            return (KillCause.StartupFailed, $"Container {container.Name} failed startup probe, will be restarted");
        }

        if (track.Liveness.Verdict == ProbeVerdict.Failure)
        {
            return (KillCause.LivenessFailed, $"Container {container.Name} failed liveness probe, will be restarted");
        }

        if (track.PostStart == HookPhase.Failed)
        {
            return (KillCause.PostStartFailed, "FailedPostStartHook");
        }

        return null;
    }

    private static bool IsToRestartForResize(Container spec, ContainerTrack track) =>
        track.IsToBeResized(spec) && PodAllocation.Changed(track.Applied!, spec.Resources).Any(resource =>
            spec.ResizePolicy.Any(policy =>
                policy.ResourceName == resource && policy.RestartPolicy == "RestartContainer"));

    private static void Kill(
        PodDraft draft, PodContainer container, ContainerRuntimeStatus current, KillCause cause, string message)
    {
        var seconds = cause switch
        {
            KillCause.StartupFailed => container.Spec.StartupProbe?.TerminationGracePeriodSeconds,
            KillCause.LivenessFailed => container.Spec.LivenessProbe?.TerminationGracePeriodSeconds,
            _ => null,
        };
        var grace = seconds is { } own ? EndPlan.GraceOf(own) : EndPlan.GraceOf(draft.Pod);
        draft.Do(new PodAction.KillContainer(container.Name, container, current.Id, grace, cause, message));
    }

    /// <summary>
    /// In its own sandbox the restart policy rules. After a new sandbox everything starts again but for what has
    /// done its work: init containers run once more, as the old ones prepared a sandbox that is gone.
    /// </summary>
    private static bool IsToRestart(PodDraft draft, PodContainer container, ContainerTrack track, SandboxView sandbox)
    {
        if (track.RestartAsked)
        {
            return true;
        }

        var current = track.Current!;
        if (container.Role == ContainerRole.Init && current.SandboxId != sandbox.Id)
        {
            return true;
        }

        return container.RestartsAfter(current.ExitCode, draft.Pod.Spec.RestartPolicy);
    }

    private static void Start(PodDraft draft, PodContainer container, ContainerTrack track, SandboxView sandbox)
    {
        draft.Waits(new PodReason.AwaitingContainers(container.Name));
        if (CrashLoopUntil(draft, container) is { } backOffEnds)
        {
            draft.WaitsUntil(container.Name, backOffEnds);
            return;
        }

        if (track.Trouble is { } trouble && !trouble.IsDue(draft.Now))
        {
            draft.WaitsUntil(container.Name, trouble.RetryAt);
            return;
        }

        if (ImagePlan.Ensure(draft, container) && draft.State.Volumes == VolumePhase.Ready
            && track.Image is ImageProgress.Present present)
        {
            var attempt = NextAttempt(draft.Pod, container, track);
            var target = container.Target is { } name ? draft.State.Track(name).Current?.Id : null;
            draft.Do(new PodAction.StartContainer(container, attempt, sandbox, present.Image)
            {
                TargetId = target,
                VolumeImages = ImagePlan.OfVolumes(draft, container),
            });
        }
    }

    /// <summary>
    /// The restart count: one more than the newest incarnation's, which the runtime or the status tells.
    /// </summary>
    private static uint NextAttempt(Pod pod, PodContainer container, ContainerTrack track)
    {
        if (track.Current is { } current)
        {
            return current.Attempt + 1;
        }

        var told = container.StatusIn(pod.Status);
        return string.IsNullOrEmpty(told?.ContainerID) ? 0 : (uint)told.RestartCount + 1;
    }
}
