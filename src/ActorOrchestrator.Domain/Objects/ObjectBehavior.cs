using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Domain.Admission;

namespace ActorOrchestrator.Domain;

/// <summary>
/// The behaviour of a kind of API object: the shared life cycle, plus what the kind makes of its own messages and of
/// <see cref="Reconcile"/>, which follows every change of the object.
/// </summary>
public abstract class ObjectBehavior<TState> : Behavior<TState> where TState : ObjectState
{
    public sealed override Decision Decide(
        EntityKey self, TState state, Message message, in DecisionContext context)
    {
        var decision = message switch
        {
            Create create => Admit(self, state, create, context),
            Replace replace => OnReplace(self, state, replace, context),
            SetScale scale => ObjectLifecycle.Scale(self, state, scale, context),
            Delete delete => OnDelete(self, state, delete, context),
            FinalizerDone done => OnFinalizerDone(self, state, done),
            Adopt adopt => ObjectLifecycle.Adopt(self, state, adopt),
            Release release => ObjectLifecycle.Release(self, state, release),
            ReportToOwner ask => ObjectLifecycle.Report(self, state, ask),
            _ => OnMessage(self, state, message, context),
        };
        KeepOwners(state, message, decision, context);
        var isChange = message is not Domain.Reconcile && decision.Events.Count > 0;
        return isChange && ReconcilesOnChange ? decision.Reconcile() : decision;
    }

    public override bool IsGone(TState state) => state.Object is null;

    public override bool IsAtRest(TState state) => state.Object is null || Rest.IsAtRest(state.Object);

    public override TState Apply(TState state, DomainEvent @event) => @event switch
    {
        ObjectCreated or ObjectReplaced or StatusChanged or DeletionRequested or ObjectDeleted or Pods.PodBound =>
            OnObject(state with { Object = ObjectFold.Apply(state.Object, @event) }, @event),
        _ => ApplyOwn(state, @event),
    };

    public sealed override IReadOnlyList<DomainEvent> History(TState state) =>
        state.Object is { } stored ? [new ObjectCreated(stored), .. OwnHistory(state)] : [.. OwnHistory(state)];

    public override Decision OnRecoveryCompleted(EntityKey self, TState state, in DecisionContext context) =>
        ReconcilesOnChange && state.Object is not null ? new Decision().Reconcile() : new Decision();

    /// <summary>Who asks again for an object that exists is answered by what exists, whatever would be admitted
    /// now.</summary>
    private Decision Admit(EntityKey self, TState state, Create create, in DecisionContext context)
    {
        if (state.Object is not null)
        {
            return OnCreate(self, state, create, context);
        }

        var (admitted, refusal) = AdmissionChain.Admit(
            new AdmissionContext(self, context.Facts, create.DryRun, context.Now), create.Object);
        return refusal is null
            ? OnCreate(self, state, create with { Object = admitted }, context)
            : ObjectLifecycle.RefuseCreation(self, create.Object, refusal);
    }

    /// <summary>What the entity itself writes is the cluster's (<see cref="SystemFields"/>); who sends an object says
    /// with it who owns what.</summary>
    private static void KeepOwners(TState state, Message message, Decision decision, in DecisionContext context)
    {
        if (message is Create or Replace or SetScale
            || state.Object is not { Metadata.ManagedFields.Count: > 0 } before)
        {
            return;
        }

        var after = decision.Events.Where(@event => @event.Scope == EventScope.Object)
            .Aggregate((KubeObject?)before, ObjectFold.Apply);
        if (after is not null && !ReferenceEquals(after, before)
            && SystemFields.Written(before, after, context.Now) is { } owned && owned != after)
        {
            decision.Emit(new ObjectReplaced(owned));
        }
    }

    /// <summary>Whether every change is followed by a <see cref="Reconcile"/>.</summary>
    protected virtual bool ReconcilesOnChange => true;

    protected virtual Decision OnCreate(EntityKey self, TState state, Create create, in DecisionContext context) =>
        ObjectLifecycle.Create(self, state, create, context);

    protected virtual Decision OnReplace(EntityKey self, TState state, Replace replace, in DecisionContext context) =>
        ObjectLifecycle.Replace(self, state, replace, context);

    protected virtual Decision OnDelete(EntityKey self, TState state, Delete delete, in DecisionContext context) =>
        ObjectLifecycle.Delete(self, state, delete, graceSeconds: 0, context);

    protected virtual Decision OnFinalizerDone(EntityKey self, TState state, FinalizerDone done) =>
        ObjectLifecycle.FinishFinalizer(self, state, done);

    /// <summary>The kind's own messages, and <see cref="Reconcile"/>. One that the kind does not know changes nothing:
    /// a late message to a name that was used again is no error.</summary>
    protected virtual Decision OnMessage(EntityKey self, TState state, Message message, in DecisionContext context) =>
        new();

    /// <summary>The kind's own events (claims, observations); throws on an unknown one.</summary>
    protected virtual TState ApplyOwn(TState state, DomainEvent @event) =>
        throw new InvalidOperationException($"{GetType().Name} does not know {@event.GetType().Name}");

    /// <summary>The events that rebuild the kind's own bookkeeping over the object.</summary>
    protected virtual IEnumerable<DomainEvent> OwnHistory(TState state) => [];

    /// <summary>Follows up an object event in the bookkeeping, e.g. forgets claims when the object is gone.</summary>
    protected virtual TState OnObject(TState state, DomainEvent @event) => state;
}

/// <summary>A kind that is only stored: listed, watched, patched and deleted like the rest.</summary>
public sealed class DocumentBehavior : ObjectBehavior<ObjectState>
{
    protected override ObjectState Initial => ObjectState.Absent;

    protected override bool ReconcilesOnChange => false;
}
