using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.ReplicaSets;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>A Deployment's reconciliation: settle what was heard, take the next step, show how it stands.</summary>
internal static class DeploymentReconciler
{
    private const string Component = "deployment-controller";

    private const string ProgressTimer = "progress-deadline";

    private const string RetryTimer = "retry-creation";

    /// <summary>After a refused creation of a ReplicaSet; its reason (a quota, a namespace that goes) lasts
    /// longer.</summary>
    private static readonly TimeSpan CreationPause = TimeSpan.FromSeconds(5);

    public static Decision Reconcile(EntityKey self, DeploymentDraft draft, in DecisionContext context)
    {
        Confirm(draft);
        SettleRefusals(draft, context);
        Unclaim(self, draft);
        var isHeard = draft.State.Claims.Values.All(claim => claim.Observed is not null || claim.Manifest is not null);
        if (isHeard)
        {
            draft.Status = draft.Status with
            {
                Conditions = draft.Status.Conditions.WithPause(draft.Shown.Spec, context.Now),
            };
            var step = NextStep(draft, context.Now);
            new RolloutExecutor(self, draft, context).Execute(step);
            ShowStatus(self, draft, step, context);
        }

        draft.Publish(self);
        SetTimers(draft, context);
        return draft.Decision;
    }

    private static void Confirm(DeploymentDraft draft)
    {
        var deployment = draft.Shown;
        var first = draft.State.Claims.Values.Where(
            claim => claim is { IsConfirmed: false, Observed: { } observed }
                && ObjectLifecycle.ControllerOf(observed)?.Uid == deployment.Metadata.Uid).ToList();
        foreach (var claim in first)
        {
            draft.Emit(new ReplicaSetConfirmed(claim.Uid));
            if (claim.Manifest is { Spec.Replicas: > 0 } manifest)
            {
                draft.Decision.RecordEvent(deployment, "Normal", "ScalingReplicaSet",
                    $"Scaled up replica set {claim.Name} from 0 to {manifest.Spec.Replicas}", Component);
            }
        }
    }

    /// <summary>A name that a stranger has means that the hash collided: the next hash is counted on by one.</summary>
    private static void SettleRefusals(DeploymentDraft draft, in DecisionContext context)
    {
        foreach (var claim in draft.State.Claims.Values.Where(claim => claim.Refusal is not null).ToList())
        {
            draft.Emit(new ReplicaSetUnclaimed(claim.Uid));
            if (claim.Refusal!.Reason == StatusReasons.AlreadyExists)
            {
                draft.Status = draft.Status with { CollisionCount = (draft.Status.CollisionCount ?? 0) + 1 };
                continue;
            }

            draft.Emit(new ReplicaSetCreationFailed(context.Now + CreationPause));
            if (claim.Refusal.Details?.Causes.Any(cause => cause.Reason == StatusReasons.NamespaceTerminating) == true)
            {
                continue;
            }

            const string reason = DeploymentConditions.ReplicaSetCreateError;
            var message = $"Failed to create new replica set \"{claim.Name}\": {claim.Refusal.Message}";
            draft.Decision.RecordEvent(draft.Shown, "Warning", reason, message, Component);
            draft.ShowProgress("False", reason, message, context.Now);
        }
    }

    /// <summary>Drops ReplicaSets that are gone or another controller's, and releases those that the selector
    /// lost.</summary>
    private static void Unclaim(EntityKey self, DeploymentDraft draft)
    {
        var deployment = draft.Shown;
        foreach (var claim in draft.State.Claims.Values)
        {
            if (claim.IsGone
                || (claim.Observed is { } seen
                    && ObjectLifecycle.ControllerOf(seen)?.Uid != deployment.Metadata.Uid))
            {
                draft.Emit(new ReplicaSetUnclaimed(claim.Uid));
            }
            else if (claim.Observed is { } kept && deployment.Metadata.DeletionTimestamp is null
                     && !deployment.Spec.Selector.Selects(kept.Metadata.Labels))
            {
                draft.Emit(new ReplicaSetUnclaimed(claim.Uid));
                draft.Decision.Tell(
                    DeploymentDecider.KeyOf(self, claim), new Release(claim.Uid, deployment.Metadata.Uid!));
            }
        }
    }

    private static RolloutStep NextStep(DeploymentDraft draft, DateTimeOffset now)
    {
        var (state, deployment) = (draft.State, draft.Shown);
        var unsettled = state.Claims.Values.Where(claim => !claim.IsSettled).Select(claim => claim.Name).ToValueList();
        return deployment switch
        {
            { Metadata.DeletionTimestamp: not null } => new RolloutStep.Terminating(),
            _ when unsettled.Count > 0 => new RolloutStep.WaitsForReplicaSets(unsettled),
            _ when !state.AdoptableKnown => new RolloutStep.WaitsForAdoptable(),
            _ when state.RetryAt > now => new RolloutStep.BacksOff(state.RetryAt.Value),
            _ => Roll(deployment, RolloutView.Of(deployment, state.Claims.Values)),
        };
    }

    /// <summary>Scaling first, with the sets as they are; then, unless paused, on with the rollout.</summary>
    internal static RolloutStep Roll(Deployment deployment, RolloutView view)
    {
        var bounds = RolloutBounds.Of(deployment.Spec);
        var newSet = view.NewReplicaSet is null ? null : RolloutView.SizeOf(view.NewReplicaSet);
        var old = view.Old.Select(RolloutView.SizeOf).ToList();
        var isRolling = deployment.Spec.Strategy.Type != RolloutBounds.Recreate;
        if (deployment.Spec.Paused || ProportionalScaling.IsDue(bounds, newSet, old))
        {
            return new RolloutStep.Rescale(
                ProportionalScaling.Sizes(bounds, isRolling, newSet, old, deployment.Status.Replicas));
        }

        var grown = newSet ?? new SetSize(ReplicaSetFromTemplate.NameFor(deployment), Replicas: 0);
        return isRolling ? RollingUpdate.Next(bounds, grown, old) : Recreation.Next(bounds, grown, old);
    }

    private static void ShowStatus(
        EntityKey self, DeploymentDraft draft, RolloutStep step, in DecisionContext context)
    {
        var deployment = draft.Shown;
        var view = RolloutView.Of(deployment, draft.State.Claims.Values);
        var status = RolloutStatus.Count(deployment, view.NewReplicaSet, view.All, context.Now);
        if (step is not (RolloutStep.Rescale or RolloutStep.Terminating) && !deployment.Spec.Paused)
        {
            status = RolloutStatus.WithProgress(deployment, status, view.NewReplicaSet, context.Now);
            status = status with { Conditions = status.Conditions.WithFailureOf(view.All) };
        }

        draft.Status = status;
        if (deployment.Spec.Paused || (step is RolloutStep.Settled && RolloutStatus.IsComplete(deployment, status)))
        {
            CleanUp(self, draft, view);
        }
    }

    private static void CleanUp(EntityKey self, DeploymentDraft draft, RolloutView view)
    {
        var limit = draft.Shown.Spec.RevisionHistoryLimit;
        foreach (var set in HistoryCleanup.Expired(view.Old, limit))
        {
            var key = self with { Resource = "replicasets.apps", Name = set.Metadata.Name! };
            draft.Decision.Tell(key, Delete.Exactly(set.Metadata.Uid!));
        }
    }

    private static void SetTimers(DeploymentDraft draft, in DecisionContext context)
    {
        var state = draft.State;
        if (!state.AdoptableKnown || state.Claims.Values.Any(claim => !claim.IsSettled))
        {
            var again = new AskAgain(0);
            draft.Decision.SetTimer(AskAgain.Timer, again.Due(context.Now), again);
        }

        if (state.RetryAt is { } retryAt && retryAt > context.Now)
        {
            draft.Decision.SetTimer(RetryTimer, retryAt, Domain.Reconcile.Instance);
        }

        var deployment = state.Deployment!;
        if (RolloutStatus.DeadlineOf(deployment, deployment.Status) is { } deadline && deadline > context.Now)
        {
            // One that has passed was judged just now, or will be when what this step waits for comes: a timer that is
            // due at once would only ask the same again, without end.
            draft.Decision.SetTimer(ProgressTimer, deadline, Domain.Reconcile.Instance);
        }
    }
}
