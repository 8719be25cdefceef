using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Probes;

/// <summary>
/// Which probes of a running container are due. While a start-up probe has not succeeded the other two rest; once it
/// has, it is not sent again. A probe whose verdict will kill the container rests until the next incarnation.
/// </summary>
public static class ProbePlan
{
    private static readonly ProbeKind[] s_kinds = [ProbeKind.Startup, ProbeKind.Liveness, ProbeKind.Readiness];

    public static Probe? SpecOf(Container spec, ProbeKind kind) => kind switch
    {
        ProbeKind.Startup => spec.StartupProbe,
        ProbeKind.Liveness => spec.LivenessProbe,
        _ => spec.ReadinessProbe,
    };

    /// <summary>Adds the probes due now to <paramref name="actions"/> and tells when the next one is due.</summary>
    public static DateTimeOffset? Due(
        PodContainer container, ContainerTrack track, PodState state, bool stopping, DateTimeOffset now,
        List<PodAction> actions)
    {
        if (container.Role == ContainerRole.Init || track.Current is not { } current || !track.IsRunning)
        {
            return null;
        }

        var isBeingKilled = state.IsInFlight(PodAction.KillKey(current.Id)) && !stopping;
        if (isBeingKilled || track.PostStart == HookPhase.Running)
        {
            return null;
        }

        DateTimeOffset? wakeAt = null;
        foreach (var kind in s_kinds)
        {
            if (SpecOf(container.Spec, kind) is not { } probe || !IsWanted(container.Spec, track, kind, stopping))
            {
                continue;
            }

            var action = new PodAction.SendProbe(container, kind, current.Id);
            var dueAt = track.Probe(kind).DueAt(probe, current.StartedAt ?? current.CreatedAt);
            if (state.IsInFlight(action.Key))
            {
                continue;
            }

            if (RetryTime.IsDue(dueAt, now, ProbeTrack.LongestWait(probe)))
            {
                actions.Add(action);
            }
            else if (wakeAt is null || dueAt < wakeAt)
            {
                wakeAt = dueAt;
            }
        }

        return wakeAt;
    }

    private static bool IsWanted(Container spec, ContainerTrack track, ProbeKind kind, bool stopping)
    {
        var isStarted = spec.StartupProbe is null || track.Startup.Verdict == ProbeVerdict.Success;
        return kind switch
        {
            ProbeKind.Startup => !stopping && track.Startup.Verdict == ProbeVerdict.Unknown,
            ProbeKind.Liveness => !stopping && isStarted && track.Liveness.Verdict == ProbeVerdict.Success,
            _ => isStarted,
        };
    }
}
