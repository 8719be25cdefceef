using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// Brings a pod to what its spec wants. Volumes, sandbox and images are made ready side by side; init containers run
/// in order, then all main containers at once (one with a postStart hook holds back those listed after it). Containers
/// that were added for debugging wait for none of them.
/// </summary>
internal static class RunPlan
{
    public static void Run(PodDraft draft)
    {
        Housekeeping.Containers(draft);
        Housekeeping.StaleSandboxes(draft);
        Housekeeping.Storage(draft);
        PrepareVolumes(draft);
        if (ReadySandbox(draft) is { } sandbox)
        {
            RunEphemerals(draft, sandbox);
            if (RunInits(draft, sandbox))
            {
                RunMains(draft, sandbox);
            }
        }
        else
        {
            FetchFirstImages(draft);
        }
    }

    private static void PrepareVolumes(PodDraft draft)
    {
        var state = draft.State;
        if (state.VolumeSetback is { } setback)
        {
            if (setback.IsDue(draft.Now))
            {
                draft.Do(new PodAction.PrepareVolumes());
            }
            else
            {
                draft.WaitsUntil(PodAction.VolumesKey, setback.RetryAt);
            }

            return;
        }

        var isRefreshDue = state.VolumesRefreshAt <= draft.Now;
        if (state.Volumes == VolumePhase.Ready && !isRefreshDue)
        {
            draft.Wake(state.VolumesRefreshAt);
        }

        if (state.Volumes != VolumePhase.Ready || state.VolumesOutdated || isRefreshDue)
        {
            draft.Do(new PodAction.PrepareVolumes());
        }
    }

    private static SandboxView? ReadySandbox(PodDraft draft)
    {
        var state = draft.State;
        if (state.Sandbox is { Ready: true } ready)
        {
            return ready;
        }

        var stillRuns = false;
        foreach (var container in draft.Containers)
        {
            var track = draft.Track(container);
            if (track.Current is not { } current || current.State is not (ContainerRuntimeState.Running
                or ContainerRuntimeState.Unknown))
            {
                continue;
            }
            stillRuns = true;
            draft.Do(new PodAction.KillContainer(
                container.Name, container, current.Id, EndPlan.GraceOf(draft.Pod), KillCause.Unknown,
                $"Stopping container {container.Name}"));
        }

        if (stillRuns)
        {
            return null;
        }

        if (state.SandboxSetback is { } setback && !setback.IsDue(draft.Now))
        {
            draft.WaitsUntil(PodAction.SandboxKey, setback.RetryAt);
        }
        else
        {
            draft.Do(new PodAction.RunSandbox((state.Sandbox?.Attempt + 1) ?? 0, state.Sandbox?.Id));
        }

        return null;
    }

    private static void RunEphemerals(PodDraft draft, SandboxView sandbox)
    {
        foreach (var container in draft.Containers.Where(c => c.Role == ContainerRole.Ephemeral))
        {
            ContainerPlan.Drive(draft, container, sandbox);
        }
    }

    /// <returns>Whether the main containers may start.</returns>
    private static bool RunInits(PodDraft draft, SandboxView sandbox)
    {
        var wasInitialized = draft.Mains.Any(c => draft.Track(c).Current?.SandboxId == sandbox.Id);
        foreach (var container in draft.Containers.Where(c => c.Role is ContainerRole.Init or ContainerRole.Sidecar))
        {
            if (container.Role == ContainerRole.Init && wasInitialized)
            {
                continue;
            }

            var track = draft.Track(container);
            if (container.Role == ContainerRole.Init && HasCompleted(track, sandbox))
            {
                continue;
            }

            ContainerPlan.Drive(draft, container, sandbox);
            if (wasInitialized || (container.Role == ContainerRole.Sidecar && track.IsStarted(container.Spec)))
            {
                continue;
            }

            draft.Waits(new PodReason.AwaitingInit(container.Name));
            return false;
        }

        return true;
    }

    private static bool HasCompleted(ContainerTrack track, SandboxView sandbox) =>
        track is { HasExited: true, RestartAsked: false, Current: { ExitCode: 0 } current }
        && current.SandboxId == sandbox.Id;

    private static void RunMains(PodDraft draft, SandboxView sandbox)
    {
        var isHeldBack = false;
        foreach (var container in draft.Mains)
        {
            var track = draft.Track(container);
            if (!isHeldBack || track.Current is not null)
            {
                ContainerPlan.Drive(draft, container, sandbox);
            }

            isHeldBack |= HoldsBackOthers(draft, container, track);
        }
    }

    /// <summary>
    /// People rely on a postStart hook to delay the containers listed after it (a proxy that must serve first), so
    /// those wait while the hook is still to succeed and nothing has gone wrong with its container.
    /// </summary>
    private static bool HoldsBackOthers(PodDraft draft, PodContainer container, ContainerTrack track) =>
        container.Spec.Lifecycle?.PostStart is not null
        && track is { Trouble: null, HasExited: false } && ImagePlan.Missing(draft, container) is null
        && (track.Current is null || track.PostStart is HookPhase.Due or HookPhase.Running);

    private static void FetchFirstImages(PodDraft draft)
    {
        var isInitialized = PodPhases.IsInitialized(draft);
        foreach (var container in draft.Containers)
        {
            if (container.Role != ContainerRole.Main && isInitialized)
            {
                continue;
            }

            if (draft.Track(container).Current is null)
            {
                ImagePlan.Ensure(draft, container);
            }

            if (container.Role != ContainerRole.Main)
            {
                return;
            }
        }
    }
}

/// <summary>
/// Removes what nobody asks for any more: of each container one dead incarnation is kept for its logs.
/// </summary>
internal static class Housekeeping
{
    public static void Containers(PodDraft draft)
    {
        foreach (var track in draft.State.Containers.Values)
        {
            foreach (var old in track.Older)
            {
                Act(draft, new PodAction.RemoveContainer(track.Name, old.Id, track.OwnFilesOf(old)));
            }
        }
    }

    /// <summary>A dead sandbox goes when no container is left in it whose logs may still be asked for.</summary>
    public static void StaleSandboxes(PodDraft draft)
    {
        foreach (var stale in draft.State.StaleSandboxes)
        {
            var isNeeded = draft.State.Containers.Values.Any(
                t => t.Current?.SandboxId == stale.Id || t.Previous?.SandboxId == stale.Id);
            if (!isNeeded)
            {
                Act(draft, new PodAction.RemoveSandbox(stale.Id));
            }
        }
    }

    /// <summary>A pod that has limits of what it may have on disk is measured now and then.</summary>
    public static void Storage(PodDraft draft)
    {
        if (draft.State.Volumes != VolumePhase.Ready || !StorageLimits.HasAny(draft.Pod))
        {
            return;
        }

        if (draft.State.Storage is { } use
            && !RetryTime.IsDue(use.At + StorageLimits.Interval, draft.Now, StorageLimits.Interval))
        {
            draft.Wake(use.At + StorageLimits.Interval);
        }
        else
        {
            Act(draft, new PodAction.MeasureStorage());
        }
    }

    /// <summary>Housekeeping holds nothing up, so it is no reason to wait.</summary>
    private static void Act(PodDraft draft, PodAction action)
    {
        if (draft.State.IsInFlight(action.Key))
        {
            return;
        }

        if (draft.State.Setbacks.TryGetValue(action.Key, out var setback)
            && !setback.IsDue(draft.Now))
        {
            draft.Wake(setback.RetryAt);
        }
        else
        {
            draft.Actions.Add(action);
        }
    }
}
