using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// Events that a step tells by itself: what changed in the status from the last one. Events about single operations
/// (Pulling, Created, Unhealthy …) are told by whoever carries those out.
/// </summary>
internal static class PodEvents
{
    public static void OnTransition(
        PodDraft draft, Pod pod, PodStatus? before, PodStatus after, PodVerdict? verdict)
    {
        OnVerdict(draft, before, after, verdict);
        foreach (var action in draft.Actions)
        {
            OnAction(draft, action);
        }

        if (before is null)
        {
            OnFirst(draft, pod);
            return;
        }

        foreach (var container in draft.Containers)
        {
            var (was, @is) = (container.StatusIn(before)?.State.Waiting, container.StatusIn(after)?.State.Waiting);
            OnWaiting(draft, pod, container, was, @is);
        }

        OnResize(draft, before, after);
    }

    /// <summary>Why the pod is ended is told before that its containers are; or, where none runs, with its status.
    /// </summary>
    private static void OnVerdict(PodDraft draft, PodStatus? before, PodStatus after, PodVerdict? verdict)
    {
        var begins = draft.State.StopBegan is null
            && draft.Actions.Any(action => action is PodAction.KillContainer { Cause: KillCause.PodStops });
        var isOver = draft.State.StopBegan is null && before?.Reason != verdict?.Reason
            && after.Reason == verdict?.Reason;
        var isTold = verdict is { Reason: "DeadlineExceeded" or PodEviction.Evicted or PodEviction.Fenced };
        if (before is not null && (begins || isOver) && isTold)
        {
            draft.Events.Add(new PodEvent(
                verdict!.Reason != "DeadlineExceeded" ? PodEvent.Warning : PodEvent.Normal,
                verdict.Reason!, verdict.Message ?? ""));
        }
    }

    /// <summary>Nothing was told of the pod yet: its user has not been told either what of it has no effect.</summary>
    private static void OnFirst(PodDraft draft, Pod pod)
    {
        if (pod.Status.StartTime is null && IgnoredFields.Of(pod.Spec) is { Count: > 0 } ignored)
        {
            draft.Events.Add(new PodEvent(PodEvent.Warning, "FieldsIgnored", string.Join("; ", ignored)));
        }
    }

    private static void OnAction(PodDraft draft, PodAction action)
    {
        if (action is PodAction.KillContainer kill)
        {
            draft.Events.Add(new PodEvent(PodEvent.Normal, "Killing", kill.Message, kill.Container));
        }
        else if (action is PodAction.RunSandbox { Replaces: not null } && draft.State.SandboxSetback is null)
        {
            draft.Events.Add(new PodEvent(
                PodEvent.Normal, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created."));
        }
    }

    private static void OnResize(PodDraft draft, PodStatus before, PodStatus after)
    {
        if (Resize(before, PodConditions.ResizeInProgress) is not null
            && Resize(after, PodConditions.ResizeInProgress) is null)
        {
            draft.Events.Add(new PodEvent(PodEvent.Normal, "ResizeCompleted", "Pod resize completed"));
        }

        if (Resize(after, PodConditions.ResizePending) is { } pending
            && Resize(before, PodConditions.ResizePending)?.Reason != pending.Reason)
        {
            draft.Events.Add(new PodEvent(
                PodEvent.Warning, $"Resize{pending.Reason}", $"Pod resize {pending.Reason}: {pending.Message}"));
        }
    }

    private static PodCondition? Resize(PodStatus status, string type) =>
        status.Conditions.FirstOrDefault(condition => condition.Type == type);

    private static void OnWaiting(
        PodDraft draft, Pod pod, PodContainer container, ContainerStateWaiting? before, ContainerStateWaiting? after)
    {
        if (after?.Reason is not { } reason || (before?.Reason == reason && before.Message == after.Message))
        {
            return;
        }

        switch (reason)
        {
            case WaitingReasons.CrashLoopBackOff:
                draft.Events.Add(new PodEvent(
                    PodEvent.Warning, "BackOff",
                    $"Back-off restarting failed container {container.Name} in pod "
                    + $"{pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})",
                    container));
                break;
            case WaitingReasons.ImagePullBackOff when ImagePlan.Missing(draft, container) is { } missing:
                draft.Events.Add(new PodEvent(
                    PodEvent.Normal, "BackOff", $"Back-off pulling image \"{missing.Reference}\"", missing.Container));
                draft.Events.Add(new PodEvent(PodEvent.Warning, "Failed", $"Error: {reason}", missing.Container));
                break;
        }
    }
}
