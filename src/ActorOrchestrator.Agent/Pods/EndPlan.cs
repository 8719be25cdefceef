using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// Ends a pod: main containers all at once, then sidecars from the last to the first, then the sandbox; what the
/// containers have left of the grace period goes to the sidecars.
/// </summary>
internal static class EndPlan
{
    /// <summary>
    /// So long every container gets between its stop signal and SIGKILL, even when deletion is forced. Only what may
    /// run elsewhere by now gets none.
    /// </summary>
    public static readonly TimeSpan MinimumGrace = TimeSpan.FromSeconds(2);

    private const long DefaultGraceSeconds = 30;

    /// <summary>Three weeks: waits of the runtime and of timers are counted in milliseconds, in 32 bits.</summary>
    private const long GraceSecondsMax = 21 * 24 * 3600;

    /// <summary>
    /// An object with finalizers may stay for long, so the report is not made often; a lost one costs this much.
    /// </summary>
    private static readonly TimeSpan ReportAgainAfter = TimeSpan.FromSeconds(10);

    /// <summary>The grace for ending a container that is not ended because of the pod's deletion.</summary>
    public static TimeSpan GraceOf(Pod pod) =>
        GraceOf(pod.Spec.TerminationGracePeriodSeconds ?? DefaultGraceSeconds);

    /// <summary>As asked for, within bounds.</summary>
    public static TimeSpan GraceOf(long seconds) =>
        AtLeastMinimum(TimeSpan.FromSeconds(Math.Clamp(seconds, 0, GraceSecondsMax)));

    public static TimeSpan AtLeastMinimum(TimeSpan grace) => grace < MinimumGrace ? MinimumGrace : grace;

    /// <summary>The pod is to disappear from this machine.</summary>
    public static void Delete(PodDraft draft)
    {
        CancelPreparations(draft);
        var grace = draft.State.Eviction is { IsAtOnce: true }
            ? TimeSpan.Zero
            : AtMost(draft.State.Eviction?.GraceMax, DeletionGrace(draft.Pod));
        if (!StopContainers(draft, grace) || !StopSandbox(draft))
        {
            return;
        }

        if (!draft.State.Removed)
        {
            ReportStopped(draft);
        }

        if (RemoveSandboxes(draft) && RemoveTraces(draft) && draft.State.Removed)
        {
            draft.Waits(new PodReason.Gone());
        }
    }

    /// <summary>A report may be lost on its way, so it is made again until the object is gone.</summary>
    private static void ReportStopped(PodDraft draft)
    {
        if (draft.State.StoppedReportedAt is { } at
            && !RetryTime.IsDue(at + ReportAgainAfter, draft.Now, ReportAgainAfter))
        {
            draft.WaitsUntil("the removal of the pod", at + ReportAgainAfter);
        }
        else
        {
            draft.Do(new PodAction.ReportStopped());
        }
    }

    /// <summary>The pod's run is over: sidecars end, the network goes; dead containers stay for their logs.</summary>
    public static void Finish(PodDraft draft, PodVerdict verdict)
    {
        CancelPreparations(draft);
        Housekeeping.Containers(draft);
        var grace = draft.State.Eviction is { IsAtOnce: true }
            ? TimeSpan.Zero
            : AtMost(verdict.GraceMax, GraceOf(draft.Pod));
        if (!StopContainers(draft, grace) || !StopSandbox(draft))
        {
            return;
        }

        if (draft.State.IsInTheWay)
        {
            if (!RemoveSandboxes(draft) || !RemoveTraces(draft))
            {
                return;
            }
        }
        else
        {
            Housekeeping.StaleSandboxes(draft);
        }

        draft.Waits(new PodReason.Completed(verdict.Phase));
    }

    private static TimeSpan AtMost(TimeSpan? most, TimeSpan asked) =>
        most < asked ? AtLeastMinimum(most.Value) : asked;

    private static TimeSpan DeletionGrace(Pod pod) =>
        pod.Metadata.DeletionGracePeriodSeconds is { } seconds
            ? GraceOf(seconds)
            : GraceOf(pod);

    private static void CancelPreparations(PodDraft draft)
    {
        foreach (var key in draft.State.InFlight)
        {
            if (key.StartsWith("image/", StringComparison.Ordinal) || key.StartsWith("hook/", StringComparison.Ordinal))
            {
                draft.Cancellations.Add(key);
            }
        }
    }

    /// <returns>Whether no container runs and none is being started.</returns>
    private static bool StopContainers(PodDraft draft, TimeSpan grace)
    {
        var alive = Alive(draft).ToList();
        var others = alive.Where(a => a.Container?.Role != ContainerRole.Sidecar).ToList();
        foreach (var (container, track) in others)
        {
            Stop(draft, container, track, grace);
        }

        if (others.Count == 0 && alive.Count > 0)
        {
            var (container, track) = alive[^1];
            Stop(draft, container, track, LeftOf(draft, grace));
        }

        foreach (var (container, track) in alive)
        {
            if (container is not null)
            {
                draft.Wake(Probes.ProbePlan.Due(container, track, draft.State, true, draft.Now, draft.Actions));
            }
        }

        var starting = draft.State.InFlight.Any(key => key.StartsWith("start/", StringComparison.Ordinal));
        if (starting || alive.Count > 0)
        {
            draft.Waits(new PodReason.AwaitingContainers(string.Join(' ', alive.Select(a => a.Track.Name))));
        }

        return !starting && alive.Count == 0;
    }

    /// <summary>
    /// Containers that run, sidecars in starting order last; also those that the spec no longer names.
    /// </summary>
    private static IEnumerable<(PodContainer? Container, ContainerTrack Track)> Alive(PodDraft draft)
    {
        var order = draft.Containers.Select((c, i) => (c, i)).ToDictionary(x => x.c.Name, x => x);
        return draft.State.Containers.Values
            .Where(t => t.Current is { State: ContainerRuntimeState.Running or ContainerRuntimeState.Unknown })
            .Select(t => order.TryGetValue(t.Name, out var known)
                ? ((PodContainer?)known.c, t, known.i)
                : (null, t, -1))
            .OrderBy(x => x.Item3)
            .Select(x => (x.Item1, x.t));
    }

    private static void Stop(PodDraft draft, PodContainer? container, ContainerTrack track, TimeSpan grace)
    {
        var id = track.Current!.Id;
        if (draft.State.IsInFlight(PodAction.KillKey(id)))
        {
            draft.Waits(new PodReason.AwaitingContainers(track.Name));
            var isHastened = draft.State.StopDeadline is { } deadline && draft.Now + grace < deadline;
            if (isHastened)
            {
                draft.Do(new PodAction.HastenKill(id, grace));
            }

            return;
        }

        draft.Do(new PodAction.KillContainer(
            track.Name, container, id, grace, KillCause.PodStops, $"Stopping container {track.Name}"));
    }

    private static TimeSpan LeftOf(PodDraft draft, TimeSpan grace)
    {
        var left = draft.State.StopDeadline is { } deadline ? deadline - draft.Now : grace;
        return grace == TimeSpan.Zero ? grace : AtLeastMinimum(left < grace ? left : grace);
    }

    /// <returns>Whether the sandbox is stopped, its network given back, and the volumes are gone.</returns>
    private static bool StopSandbox(PodDraft draft)
    {
        var state = draft.State;
        if (state.Sandbox is { Released: false } sandbox)
        {
            draft.Do(new PodAction.StopSandbox(sandbox.Id));
        }

        if (state.Volumes != VolumePhase.Gone)
        {
            draft.Do(new PodAction.TearDownVolumes());
        }

        if (state.IsInFlight(PodAction.SandboxKey))
        {
            draft.Waits(new PodReason.AwaitingOperations(PodAction.SandboxKey));
        }

        return state.Sandbox is not { Released: false } && state.Volumes == VolumePhase.Gone
            && !state.IsInFlight(PodAction.SandboxKey) && !state.IsInFlight(PodAction.VolumesKey);
    }

    private static bool RemoveSandboxes(PodDraft draft)
    {
        foreach (var stale in draft.State.StaleSandboxes)
        {
            draft.Do(new PodAction.RemoveSandbox(stale.Id));
        }

        if (draft.State.Sandbox is { } sandbox)
        {
            draft.Do(new PodAction.RemoveSandbox(sandbox.Id));
        }

        return draft.State is { Sandbox: null, StaleSandboxes.IsEmpty: true };
    }

    private static bool RemoveTraces(PodDraft draft)
    {
        if (!draft.State.TracesRemoved)
        {
            draft.Do(new PodAction.RemoveTraces());
        }

        return draft.State.TracesRemoved;
    }
}
