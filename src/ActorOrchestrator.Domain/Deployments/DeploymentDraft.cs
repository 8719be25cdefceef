using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>What a Deployment's decision shows of it.</summary>
internal static class DeploymentDraft
{
    public static void Show(
        this OwnerDraft<DeploymentState, Deployment> draft, Func<DeploymentStatus, DeploymentStatus> change) =>
        draft.Shown = draft.Shown with { Status = change(draft.Shown.Status) };

    /// <summary>Sets the Progressing condition, if the Deployment is to be watched for progress at all.</summary>
    public static void ShowProgress(
        this OwnerDraft<DeploymentState, Deployment> draft,
        string value, string reason, string message, DateTimeOffset now)
    {
        if (DeploymentConditions.HasDeadline(draft.Shown.Spec))
        {
            var condition = DeploymentConditions.Make(DeploymentConditions.Progressing, value, reason, message, now);
            draft.Show(status => status with { Conditions = status.Conditions.With(condition) });
        }
    }
}
