using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.ReplicaSets;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>
/// A Deployment (apps/v1) moves its pods from template to template by sizing one ReplicaSet per template. There is no
/// rollout procedure: on each <see cref="Reconcile"/> the plan (<see cref="RolloutPlanner"/>) is recomputed from what
/// the ReplicaSets reported, see <see cref="RollingUpdate"/> (and why its bounds always hold),
/// <see cref="ProportionalScaling"/>, <see cref="Revisions"/>, <see cref="RolloutStatus"/>. An undo is nothing of its
/// own: kubectl patches an old template back, and its ReplicaSet is found again.
/// </summary>
public sealed class DeploymentDecider : OwnerBehavior<DeploymentState, Deployment, ReplicaSetClaim>
{
    internal const string Component = "deployment-controller";

    internal const string ReplicaSets = "replicasets.apps";

    protected override DeploymentState Initial => DeploymentState.Absent;

    /// <summary>Every ReplicaSet has answered, the status shows what they said, and nothing is to be done to
    /// them.</summary>
    public override bool IsAtRest(DeploymentState state)
    {
        if (state.Deployment is not { } deployment)
        {
            return true;
        }

        if (!Rest.IsComplete(deployment) || !base.IsAtRest(state))
        {
            return false;
        }

        var view = RolloutView.Of(deployment, state.Claims.Values);
        return RolloutPlanner.Plan(deployment, state, DateTimeOffset.MaxValue).IsEmpty
            && RolloutStatus.Count(deployment, view.NewReplicaSet, view.All, DateTimeOffset.MinValue)
                == deployment.Status;
    }

    protected override LabelSelector? SelectorOf(Deployment owner) => owner.Spec.Selector;

    protected override KubeObject? ManifestOf(DeploymentState state, Deployment owner, ReplicaSetClaim claim) =>
        claim.Manifest ?? throw new InvalidOperationException($"the claim on {claim.Name} has no manifest");

    protected override ReplicaSetClaim Adoption(EntityKey child, string uid) =>
        new(uid, child.Name) { IsAdoption = true };

    protected override bool IsWorthAdopting(Deployment owner, KubeObject candidate) =>
        candidate is ReplicaSet && base.IsWorthAdopting(owner, candidate);

    protected override IEnumerable<DomainEvent> Claimed(IReadOnlyList<ReplicaSetClaim> claims) =>
        claims.Select(claim => new ReplicaSetClaimed(claim.Uid, claim.Name, claim.Manifest));

    protected override IEnumerable<DomainEvent> Confirmed(IReadOnlyList<ReplicaSetClaim> claims) =>
        claims.Select(claim => new ReplicaSetConfirmed(claim.Uid));

    protected override IEnumerable<DomainEvent> Unclaimed(IReadOnlyList<ReplicaSetClaim> claims) =>
        claims.Select(claim => new ReplicaSetUnclaimed(claim.Uid));

    protected override IEnumerable<DomainEvent> OwnHistory(DeploymentState state) =>
        [.. base.OwnHistory(state), .. state.Claims.Values.Select(claim => claim.Resize).OfType<ResizeRequested>()];

    protected override DeploymentState ApplyOwn(DeploymentState state, DomainEvent @event) =>
        @event is ResizeRequested request
            ? state with
            {
                Claims = state.Claims.Change([request.Uid], claim => claim with { Resize = request }),
            }
            : base.ApplyOwn(state, @event);

    protected override void Ask(EntityKey self, Deployment owner, ReplicaSetClaim claim, Decision decision)
    {
        if (claim is { Resize: { } request, HasAnswered: false })
        {
            decision.Tell(KeyOf(self, claim), Resize(self, owner, request));
        }
        else
        {
            base.Ask(self, owner, claim, decision);
        }
    }

    protected override void OnCreated(OwnerDraft<DeploymentState, Deployment> draft, ReplicaSetClaim claim)
    {
        if (claim.Manifest is { Spec.Replicas: > 0 } manifest)
        {
            draft.Decision.RecordEvent(draft.Shown, "Normal", "ScalingReplicaSet",
                $"Scaled up replica set {claim.Name} from 0 to {manifest.Spec.Replicas}", Component);
        }
    }

    /// <summary>A name that a stranger has means that the hash collided: the next hash is counted on by one.</summary>
    protected override void OnNameTaken(OwnerDraft<DeploymentState, Deployment> draft, ReplicaSetClaim claim) =>
        draft.Show(status => status with { CollisionCount = (status.CollisionCount ?? 0) + 1 });

    protected override void OnCreationFailed(
        OwnerDraft<DeploymentState, Deployment> draft, ReplicaSetClaim claim, string message, DateTimeOffset now)
    {
        const string reason = DeploymentConditions.ReplicaSetCreateError;
        var text = $"Failed to create new replica set \"{claim.Name}\": {message}";
        draft.Decision.RecordEvent(draft.Shown, "Warning", reason, text, Component);
        draft.ShowProgress("False", reason, text, now);
    }

    protected override void Converge(
        EntityKey self, OwnerDraft<DeploymentState, Deployment> draft, in DecisionContext context) =>
        DeploymentReconciler.Converge(self, draft, context);

    internal static ResizeReplicaSet Resize(EntityKey self, Deployment deployment, ResizeRequested request) => new(
        self, deployment.Metadata.Uid!, request.Uid, request.Generation, request.Available, request.Replicas,
        request.MinReadySeconds, request.Annotations);
}
