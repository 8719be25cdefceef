using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>
/// A ReplicaSet (apps/v1), or a ReplicationController (v1), keeps <c>spec.replicas</c> pods of its template running. On
/// each <see cref="Reconcile"/> it recomputes the next step from its claims: see <see cref="Claim"/> for the life of a
/// claim, <see cref="ReplicaCount"/> for the number, <see cref="PodRanking"/> for who goes first. A finished pod
/// (Succeeded, Failed) is replaced and stays listed, as Kubernetes leaves it.
/// </summary>
public sealed class ReplicaSetDecider : PodOwnerBehavior<ReplicaSetState, KubeObject>
{
    protected override ReplicaSetState Initial => ReplicaSetState.Absent;

    /// <summary>Every pod has answered, and the status shows what they said.</summary>
    public override bool IsAtRest(ReplicaSetState state) => state.Set is not { } set
        || (Rest.IsComplete(set) && base.IsAtRest(state)
            && ReplicaSetTally.Of(state, DateTimeOffset.MaxValue) is { Replaced: 0 } tally
            && ReplicaOwners.WithStatus(
                state.Object!, tally.Status(set, isShort: false, failure: null)) == state.Object);

    protected override LabelSelector? SelectorOf(KubeObject owner) => ReplicaOwners.ViewOf(owner).Spec.Selector;

    protected override PodTemplateSpec TemplateOf(KubeObject owner) => ReplicaOwners.ViewOf(owner).Spec.Template;

    protected override ReplicaSetState ApplyOwn(ReplicaSetState state, DomainEvent @event)
    {
        var applied = base.ApplyOwn(state, @event);
        return @event is ActivationBegan
            ? applied with
            {
                InheritedMax = (applied.Set?.Status.Replicas ?? 0)
                    + applied.Claims.Values.Count(claim => claim.IsAdoption),
            }
            : applied;
    }

    protected override void Converge(
        EntityKey self, OwnerDraft<ReplicaSetState, KubeObject> draft, in DecisionContext context) =>
        ReplicaSetReconciler.Converge(self, draft, context);

    protected override void OnCreated(OwnerDraft<ReplicaSetState, KubeObject> draft, PodClaim claim) =>
        draft.Decision.RecordEvent(
            draft.Shown, "Normal", "SuccessfulCreate", $"Created pod: {claim.Name}",
            ReplicaOwners.ComponentOf(draft.Shown));

    protected override void OnCreationFailed(
        OwnerDraft<ReplicaSetState, KubeObject> draft, PodClaim claim, string message, DateTimeOffset now) =>
        draft.Decision.RecordEvent(
            draft.Shown, "Warning", "FailedCreate", $"Error creating: {message}",
            ReplicaOwners.ComponentOf(draft.Shown));

    protected override Decision OnMessageToAbsent(EntityKey self, Message message) => message is ResizeReplicaSet late
        ? new Decision().Tell(late.Owner, new ChildReport(self, late.Uid, null))
        : base.OnMessageToAbsent(self, message);

    protected override Decision OnOtherMessage(
        EntityKey self, ReplicaSetState state, KubeObject owner, Message message, in DecisionContext context) =>
        message is ResizeReplicaSet resize && owner is ReplicaSet set ? Resize(self, set, resize) : new Decision();

    private static Decision Resize(EntityKey self, ReplicaSet set, ResizeReplicaSet resize)
    {
        var isMeant = set.Metadata.Uid == resize.Uid
            && set.Metadata.Generation == resize.Generation
            && ObjectLifecycle.ControllerOf(set)?.Uid == resize.OwnerUid
            && (resize.Replicas >= set.Spec.Replicas || set.Status.AvailableReplicas <= resize.Available);
        var changed = set with
        {
            Metadata = set.Metadata with
            {
                Annotations = AnnotationSize.Merged(set.Metadata.Annotations, resize.Annotations),
            },
            Spec = set.Spec with { Replicas = resize.Replicas, MinReadySeconds = resize.MinReadySeconds },
        };
        return !isMeant || changed == set
            ? new Decision().Tell(
                resize.Owner, new ChildReport(self, resize.Uid, set.Metadata.Uid == resize.Uid ? set : null))
            : ObjectLifecycle.Write(self, set, changed);
    }
}
