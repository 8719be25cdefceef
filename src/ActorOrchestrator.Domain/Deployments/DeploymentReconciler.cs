using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>A Deployment's reconciliation: take the next step, show how it stands.</summary>
internal static class DeploymentReconciler
{
    private const string ProgressTimer = "progress-deadline";

    public static void Converge(
        EntityKey self, OwnerDraft<DeploymentState, Deployment> draft, in DecisionContext context)
    {
        var now = context.Now;
        var isHeard = draft.State.Claims.Values.All(claim => claim.IsObserved || claim.Manifest is not null);
        if (isHeard)
        {
            draft.Show(status => status with { Conditions = status.Conditions.WithPause(draft.Shown.Spec, now) });
            var step = NextStep(draft, now);
            new RolloutExecutor(self, draft, context).Execute(step);
            ShowStatus(self, draft, step, context);
        }

        SetTimer(draft, now);
    }

    private static RolloutStep NextStep(OwnerDraft<DeploymentState, Deployment> draft, DateTimeOffset now)
    {
        var (state, deployment) = (draft.State, draft.Shown);
        var unsettled = state.Claims.Values.Where(claim => claim.OwesAnswer).Select(claim => claim.Name).ToValueList();
        return deployment switch
        {
            { Metadata.DeletionTimestamp: not null } => new RolloutStep.Terminating(),
            _ when unsettled.Count > 0 => new RolloutStep.WaitsForReplicaSets(unsettled),
            _ when !state.AdoptableKnown => new RolloutStep.WaitsForAdoptable(),
            _ when state.Failure?.RetryAt > now => new RolloutStep.BacksOff(state.Failure.RetryAt),
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
        EntityKey self, OwnerDraft<DeploymentState, Deployment> draft, RolloutStep step, in DecisionContext context)
    {
        var deployment = draft.Shown;
        var view = RolloutView.Of(deployment, draft.State.Claims.Values);
        var status = RolloutStatus.Count(deployment, view.NewReplicaSet, view.All, context.Now);
        if (step is not (RolloutStep.Rescale or RolloutStep.Terminating) && !deployment.Spec.Paused)
        {
            status = RolloutStatus.WithProgress(deployment, status, view.NewReplicaSet, context.Now);
            status = status with { Conditions = status.Conditions.WithFailureOf(view.All) };
        }

        draft.Shown = deployment with { Status = status };
        if (deployment.Spec.Paused || (step is RolloutStep.Settled && RolloutStatus.IsComplete(deployment, status)))
        {
            CleanUp(self, draft, view);
        }
    }

    /// <summary>A set that is just being made larger, of a paused Deployment, is not as empty as it looks.</summary>
    private static void CleanUp(EntityKey self, OwnerDraft<DeploymentState, Deployment> draft, RolloutView view)
    {
        var limit = draft.Shown.Spec.RevisionHistoryLimit;
        var settled = view.Old.Where(set => !draft.State.Claims[set.Metadata.Uid!].OwesAnswer);
        foreach (var set in HistoryCleanup.Expired(settled, limit))
        {
            var key = self with { Resource = "replicasets.apps", Name = set.Metadata.Name! };
            draft.Decision.Tell(key, Delete.Exactly(set.Metadata.Uid!));
        }
    }

    private static void SetTimer(OwnerDraft<DeploymentState, Deployment> draft, DateTimeOffset now)
    {
        var deployment = draft.Shown;
        if (RolloutStatus.DeadlineOf(deployment, deployment.Status) is { } deadline && deadline > now)
        {
            // One that has passed was judged just now, or will be when what this step waits for comes: a timer that is
            // due at once would only ask the same again, without end.
            draft.Decision.SetTimer(ProgressTimer, deadline, Reconcile.Instance);
        }
    }
}
