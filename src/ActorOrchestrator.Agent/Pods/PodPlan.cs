using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// The decision of a pod's worker. Pure: the same pod, state and instant give the same step. Level-triggered: each
/// step is computed from what is known, never from where a procedure stands.
/// <code>
///            ┌───────────── run ─────────────┐        all containers ended for good,
///  assigned ─► volumes ┐                     │        deadline passed
///            │ sandbox ┼► inits ─► mains ◄─┐ ├────────────► finish: stop the rest, keep logs ─┐
///            │ images  ┘   restart, probes ┘ │                                                │ deleted
///            └───────────────┬───────────────┘                                                ▼
///                            └──── deleted, or removed ─► end: kill, stop sandbox, report, clean ─► gone
/// </code>
/// </summary>
public static class PodPlan
{
    public static PodStep Next(Pod pod, PodState state, NodeView node, DateTimeOffset now)
    {
        var draft = new PodDraft(pod, state, node, now);
        var verdict = PodPhases.Verdict(draft);
        if (state.Removed || pod.Metadata.DeletionTimestamp is not null)
        {
            EndPlan.Delete(draft);
        }
        else if (verdict is not null)
        {
            EndPlan.Finish(draft, verdict);
        }
        else
        {
            RunPlan.Run(draft);
        }

        var status = PodStatusView.Of(draft, verdict);
        PodEvents.OnTransition(draft, pod, state.LastStatus, status, verdict);
        return new PodStep
        {
            Actions = draft.Actions,
            Cancellations = draft.Cancellations,
            Status = status,
            Events = draft.Events,
            WakeAt = draft.WakeAt,
            Reason = draft.Reason ?? new PodReason.Settled(),
        };
    }
}
