using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Pods;

/// <summary>
/// A pod: bound at most once (G6), reported on by its node's agent, kept while terminating until the agent has stopped
/// it.
/// <code>
///  Pending ──PodBound──► Pending on a node ──reports──► Running ──reports──► Succeeded | Failed
///     │                         │                          │                       │
///     └── delete ► absent       └──────── delete ► terminating ──PodStopped──► absent
/// </code>
/// A terminal phase is never left. What the agent runs it learns from the view; so no message can be lost on that way.
/// </summary>
public sealed class PodDecider : ObjectBehavior<ObjectState>
{
    /// <summary>v1 PodSpec.terminationGracePeriodSeconds' default.</summary>
    private const long GraceSecondsDefault = 30;

    protected override ObjectState Initial => ObjectState.Absent;

    protected override bool ReconcilesOnChange => false;

    protected override Decision OnCreate(
        EntityKey self, ObjectState state, Create create, in DecisionContext context)
    {
        var pod = (Pod)create.Object;
        var status = new PodStatus { Phase = "Pending", QosClass = PodQos.ClassOf(pod.Spec) };
        return ObjectLifecycle.Create(self, state, create with { Object = pod with { Status = status } }, context);
    }

    protected override Decision OnDelete(
        EntityKey self, ObjectState state, Delete delete, in DecisionContext context)
    {
        if (state.Object is not Pod pod)
        {
            return ObjectLifecycle.Delete(self, state, delete, graceSeconds: 0, context);
        }

        var wanted = delete.Options.Preconditions?.Uid;
        var isSpared = (delete.UnlessFinished && pod.Status.Phase is "Succeeded" or "Failed")
            || (delete.UnlessReady && PodObservation.Of(pod).IsReady);
        if (isSpared && wanted == pod.Metadata.Uid)
        {
            return ObjectLifecycle.ReportToController(self, pod, new Decision().Reply(new Reply.Accepted(pod)));
        }

        var grace = GraceSeconds(pod, delete.Options);
        var isFirst = pod.Metadata.DeletionTimestamp is null && !delete.DryRun;
        if (delete.Disruption is not { } why || !isFirst)
        {
            return ObjectLifecycle.Delete(self, state, delete, grace, context);
        }

        // Who goes already does not go because of this.
        var marked = new StatusChanged(PodConditions.Disrupted(pod, why, context.Now));
        var deletion = ObjectLifecycle.Delete(
            self, state with { Object = ObjectFold.Apply(pod, marked) }, delete, grace, context);
        return deletion.Events.Count == 0 ? deletion : new Decision().Emit(marked).Then(deletion);
    }

    protected override Decision OnMessage(
        EntityKey self, ObjectState state, Message message, in DecisionContext context) => message switch
    {
        BindPod bind => Bind(self, state, bind, context),
        PodStatusReported report => Report(self, state, report),
        PodUnschedulable unschedulable => MarkUnschedulable(self, state, unschedulable, context),
        PodStopped stopped => Stop(self, state, stopped),
        _ => new Decision(),
    };

    private static Decision Bind(EntityKey self, ObjectState state, BindPod bind, in DecisionContext context)
    {
        if (state.Object is not Pod pod)
        {
            return ObjectLifecycle.Reject(Statuses.NotFound(self.Resource, self.Name));
        }

        var refusal = pod switch
        {
            _ when bind.Uid is { Length: > 0 } uid && uid != pod.Metadata.Uid =>
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {pod.Metadata.Uid}",
            { Metadata.DeletionTimestamp: not null } =>
                $"pod {self.Name} is being deleted, cannot be assigned to a host",
            { Spec.NodeName: { Length: > 0 } node } when node != bind.Node =>
                $"pod {self.Name} is already assigned to node \"{node}\"",
            _ => null,
        };
        if (refusal is not null)
        {
            return ObjectLifecycle.Reject(Statuses.Conflict(self.Resource, self.Name, refusal));
        }

        if (pod.Spec.NodeName is { Length: > 0 })
        {
            return new Decision().Reply(new Reply.Accepted(pod));
        }

        var bound = new PodBound(bind.Node, context.Now);
        return bind.DryRun
            ? new Decision().Reply(new Reply.Accepted(PodConditions.Bind(pod, bound)))
            : Changed(self, pod, bound);
    }

    private static Decision Report(EntityKey self, ObjectState state, PodStatusReported report)
    {
        if (state.Object is not Pod pod)
        {
            return ObjectLifecycle.Reject(Statuses.NotFound(self.Resource, self.Name));
        }

        if (StaticPods.UidOnNode(pod) != report.Uid)
        {
            return ObjectLifecycle.Reject(Statuses.Conflict(
                self.Resource, self.Name, $"the report is of another pod of this name, uid {report.Uid}"));
        }

        var merged = IsRevival(pod, report.Status) ? pod.Status : PodConditions.Merge(pod.Status, report.Status);
        return merged == pod.Status
            ? new Decision().Reply(new Reply.Accepted(pod))
            : Changed(self, pod, new StatusChanged(merged));
    }

    private static Decision MarkUnschedulable(
        EntityKey self, ObjectState state, PodUnschedulable unschedulable, in DecisionContext context)
    {
        if (state.Object is not Pod { Spec.NodeName: null or "" } pod || pod.Metadata.Uid != unschedulable.Uid)
        {
            return new Decision();
        }

        var status = PodConditions.Unschedulable(
            pod, unschedulable.Reason, unschedulable.Message, context.Now);
        return status == pod.Status ? new Decision() : Changed(self, pod, new StatusChanged(status));
    }

    private static Decision Stop(EntityKey self, ObjectState state, PodStopped stopped)
    {
        if (state.Object is not Pod pod)
        {
            return ObjectLifecycle.Reject(Statuses.NotFound(self.Resource, self.Name));
        }

        if (pod.Metadata.DeletionTimestamp is null || pod.Metadata.Uid != stopped.Uid)
        {
            return ObjectLifecycle.Reject(Statuses.Conflict(
                self.Resource, self.Name, $"the pod of uid {stopped.Uid} is not terminating here"));
        }

        return ObjectLifecycle.Write(self, pod, pod with
        {
            Metadata = pod.Metadata with { DeletionGracePeriodSeconds = 0 },
            Status = stopped.Status is null ? pod.Status : PodConditions.Merge(pod.Status, stopped.Status),
        });
    }

    private static Decision Changed(EntityKey self, Pod pod, DomainEvent @event)
    {
        var now = ObjectFold.Apply(pod, @event)!;
        var decision = new Decision().Emit(@event).Reply(new Reply.Accepted(now));
        return ObjectLifecycle.ReportToController(self, now, decision);
    }

    private static bool IsRevival(Pod pod, PodStatus reported) =>
        pod.Status.Phase is "Succeeded" or "Failed" && reported.Phase != pod.Status.Phase;

    /// <summary>Nothing runs for a pod that was never bound or has ended, so there is nothing to wait for.</summary>
    private static long GraceSeconds(Pod pod, DeleteOptions options)
    {
        if (pod.Spec.NodeName is not { Length: > 0 } || pod.Status.Phase is "Succeeded" or "Failed")
        {
            return 0;
        }

        return Math.Max(0, options.GracePeriodSeconds ?? pod.Spec.TerminationGracePeriodSeconds ?? GraceSecondsDefault);
    }
}
