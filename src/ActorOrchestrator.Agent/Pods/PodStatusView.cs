using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>pod.status as a projection of what the worker knows. Conditions are the agent's own ones only.</summary>
internal static class PodStatusView
{
    public static PodStatus Of(PodDraft draft, PodVerdict? verdict)
    {
        if (draft.State.Rejection is { } rejection)
        {
            return AgentConditions.OwnPart(
                rejection.StatusOf(draft.Pod, ContainerStatusView.Seconds(draft.State.StartTime)));
        }

        var phase = PhaseOf(draft, verdict);
        var isStopped = !AnyAlive(draft);
        var isOver = verdict is not null || (draft.Pod.Metadata.DeletionTimestamp is not null && isStopped);
        var ips = draft.Pod.Spec.HostNetwork ? draft.Node.HostIps : draft.State.Sandbox?.Ips ?? [];
        var known = draft.State.LastStatus ?? draft.Pod.Status;
        if (ips.Count == 0)
        {
            ips = known.PodIPs.Select(ip => ip.Ip).ToValueList();
        }

        return draft.Pod.Status with
        {
            Phase = phase,
            Reason = PodPhases.IsTerminal(phase) ? verdict?.Reason : null,
            Message = PodPhases.IsTerminal(phase) ? verdict?.Message : null,
            Conditions = AgentConditions.Of(draft, phase),
            HostIP = First(draft.Node.HostIps),
            HostIPs = draft.Node.HostIps.Select(ip => new HostIP { Ip = ip }).ToValueList(),
            PodIP = First(ips),
            PodIPs = ips.Select(ip => new PodIP { Ip = ip }).ToValueList(),
            StartTime = draft.Pod.Status.StartTime ?? ContainerStatusView.Seconds(draft.State.StartTime),
            QosClass = draft.Pod.Status.QosClass ?? PodQos.ClassOf(draft.Pod.Spec),
            InitContainerStatuses = Statuses(draft, isOver, ContainerRole.Init, ContainerRole.Sidecar),
            ContainerStatuses = Statuses(draft, isOver, ContainerRole.Main),
            EphemeralContainerStatuses = Statuses(draft, isOver, ContainerRole.Ephemeral),
            ObservedGeneration = draft.Pod.Metadata.Generation ?? 0,
        };
    }

    /// <summary>
    /// A terminal phase is told only when nothing runs any more: others give the pod's place away on it.
    /// </summary>
    private static string PhaseOf(PodDraft draft, PodVerdict? verdict)
    {
        var known = (draft.State.LastStatus ?? draft.Pod.Status).Phase;
        if (PodPhases.IsTerminal(known))
        {
            return known!;
        }

        var isAlive = AnyAlive(draft);
        if (verdict is not null)
        {
            return isAlive ? known ?? PodPhases.Pending : verdict.Phase;
        }

        var isEnding = draft.Pod.Metadata.DeletionTimestamp is not null && draft.State.StopBegan is not null;
        return isEnding && !isAlive ? PodPhases.Final(draft) : PodPhases.Of(draft);
    }

    private static string? First(ValueList<string> ips) => ips.Count > 0 ? ips[0] : null;

    private static bool AnyAlive(PodDraft draft) =>
        draft.State.Containers.Values.Any(t => t.Current is
            { State: ContainerRuntimeState.Running or ContainerRuntimeState.Unknown })
        || draft.State.InFlight.Any(key => key.StartsWith("start/", StringComparison.Ordinal));

    private static ValueList<ContainerStatus> Statuses(PodDraft draft, bool isOver, params ContainerRole[] roles) =>
        draft.Containers.Where(c => roles.Contains(c.Role) && !(isOver && IsTooLate(draft, c)))
            .Select(c => ContainerStatusView.Of(draft, c, isOver)).ToValueList();

    /// <summary>What was added to a pod that is over waits for nothing.</summary>
    private static bool IsTooLate(PodDraft draft, PodContainer container) =>
        container.Role == ContainerRole.Ephemeral && draft.Track(container).Current is null
        && container.StatusIn(draft.State.LastStatus ?? draft.Pod.Status) is null;
}
