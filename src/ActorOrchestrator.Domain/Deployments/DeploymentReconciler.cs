using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>A Deployment's reconciliation: plan, carry out, show how it stands.</summary>
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
            var plan = RolloutPlanner.Plan(draft.Shown, draft.State, now);
            new RolloutExecutor(self, draft, context).Execute(plan);
            ShowStatus(draft, plan, now);
        }

        SetTimer(draft, now);
    }

    private static void ShowStatus(
        OwnerDraft<DeploymentState, Deployment> draft, RolloutPlan plan, DateTimeOffset now)
    {
        var view = RolloutView.Of(draft.Shown, draft.State.Claims.Values);
        ShowFound(draft, plan, view.NewReplicaSet, now);
        var deployment = draft.Shown;
        var status = RolloutStatus.Count(deployment, view.NewReplicaSet, view.All, now);
        if (!plan.IsScaling && plan.WaitingOn is not WaitingOn.Removal && !deployment.Spec.Paused)
        {
            status = RolloutStatus.WithProgress(deployment, status, view.NewReplicaSet, plan.WaitingOn, now);
            status = status with { Conditions = status.Conditions.WithFailureOf(view.All) };
        }

        draft.Shown = deployment with { Status = status };
        RecordTimeout(draft, deployment.Status, status);
    }

    private static void ShowFound(
        OwnerDraft<DeploymentState, Deployment> draft, RolloutPlan plan, ReplicaSet? newSet, DateTimeOffset now)
    {
        var isNews = draft.Shown.Status.Conditions.Find(DeploymentConditions.Progressing) is null;
        if (isNews && plan.Revision > 0 && newSet is not null)
        {
            draft.ShowProgress("True", DeploymentConditions.FoundNewReplicaSet,
                $"Found new replica set \"{newSet.Metadata.Name}\"", now);
        }
    }

    /// <summary>The missed deadline, with what is waited for, once as an Event too.</summary>
    private static void RecordTimeout(
        OwnerDraft<DeploymentState, Deployment> draft, DeploymentStatus before, DeploymentStatus after)
    {
        const string reason = DeploymentConditions.ProgressDeadlineExceeded;
        var progress = after.Conditions.Find(DeploymentConditions.Progressing);
        if (progress?.Reason == reason && before.Conditions.Find(DeploymentConditions.Progressing)?.Reason != reason)
        {
            draft.Decision.RecordEvent(
                draft.Shown, "Warning", reason, progress.Message ?? reason, DeploymentDecider.Component);
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
