using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Namespaces;

/// <summary>
/// A namespace, which goes only after everything in it:
/// <code>
///  absent ──Create──► Active ──Delete──► Terminating ──FinalizerDone(kubernetes): empty──► absent
/// </code>
/// <c>spec.finalizers</c> holds it (Kubernetes' own namespace finalizer, not one of metadata.finalizers).
/// </summary>
public sealed class NamespaceDecider : ObjectBehavior<ObjectState>
{
    /// <summary>v1 FinalizerKubernetes.</summary>
    public const string Finalizer = "kubernetes";

    private const string Terminating = "Terminating";

    protected override ObjectState Initial => ObjectState.Absent;

    protected override Decision OnCreate(
        EntityKey self, ObjectState state, Create create, in DecisionContext context)
    {
        var proposed = DefaultNamespaces.Labelled((Namespace)create.Object);
        var finalizers = proposed.Spec.Finalizers;
        var created = proposed with
        {
            Spec = proposed.Spec with
            {
                Finalizers = finalizers.AsSpan().Contains(Finalizer) ? finalizers : finalizers.Add(Finalizer),
            },
            Status = new NamespaceStatus { Phase = "Active" },
        };
        return ObjectLifecycle.Create(self, state, create with { Object = created }, context);
    }

    protected override Decision OnDelete(
        EntityKey self, ObjectState state, Delete delete, in DecisionContext context)
    {
        if (DefaultNamespaces.Immortal.AsSpan().Contains(self.Name))
        {
            return ObjectLifecycle.Reject(
                Statuses.Forbidden(self.Resource, self.Name, "this namespace may not be deleted"));
        }

        return WithPhase(base.OnDelete(self, state, delete, context));
    }

    protected override Decision OnFinalizerDone(EntityKey self, ObjectState state, FinalizerDone done)
    {
        if (done.Finalizer != Finalizer)
        {
            return base.OnFinalizerDone(self, state, done);
        }

        if (state.Object is not Namespace { Metadata.DeletionTimestamp: not null } current
            || current.Metadata.Uid != done.Uid || !current.Spec.Finalizers.AsSpan().Contains(Finalizer))
        {
            return new Decision();
        }

        var left = current.Spec.Finalizers.Where(finalizer => finalizer != Finalizer).ToValueList();
        return ObjectLifecycle.Write(
            self, current, current with { Spec = current.Spec with { Finalizers = left } });
    }

    protected override Decision OnMessage(
        EntityKey self, ObjectState state, Message message, in DecisionContext context) => message switch
    {
        NamespaceContent content => Describe(state, content, context),
        Domain.Reconcile => KeepLabel(self, state),
        _ => new Decision(),
    };

    private static Decision Describe(ObjectState state, NamespaceContent content, in DecisionContext context)
    {
        if (state.Object is not Namespace { Metadata.DeletionTimestamp: not null } current
            || current.Metadata.Uid != content.Uid)
        {
            return new Decision();
        }

        var status = NamespaceConditions.Describe(current.Status, content, ObjectLifecycle.Truncate(context.Now));
        return status == current.Status ? new Decision() : new Decision().Emit(new StatusChanged(status));
    }

    /// <summary>Selectors rely on the name label, so an update that drops it does not last.</summary>
    private static Decision KeepLabel(EntityKey self, ObjectState state)
    {
        if (state.Object is not Namespace current)
        {
            return new Decision();
        }

        var labelled = DefaultNamespaces.Labelled(current);
        return ReferenceEquals(labelled, current) ? new Decision() : ObjectLifecycle.Write(self, current, labelled);
    }

    /// <summary>The phase changes together with the deletion timestamp, in the answer as in the log.</summary>
    private static Decision WithPhase(Decision deletion)
    {
        var phased = new Decision();
        foreach (var @event in deletion.Events)
        {
            phased.Emit(@event);
        }

        foreach (var effect in deletion.Effects)
        {
            if (effect is Effect.Answer { Reply: Reply.Accepted { Removed: false, Object: Namespace ns } accepted })
            {
                var status = ns.Status with { Phase = Terminating };
                if (deletion.Events.Count > 0 && status != ns.Status)
                {
                    phased.Emit(new StatusChanged(status));
                }

                phased.Reply(accepted with { Object = ns with { Status = status } });
            }
            else
            {
                phased.Add(effect);
            }
        }

        return phased;
    }
}
