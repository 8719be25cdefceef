using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>A Deployment's decision being made. What it shows of itself (status, revision) is collected in
/// <see cref="Shown"/> and published as one event, so that watchers see one change for one decision.</summary>
internal sealed class DeploymentDraft(Behavior<DeploymentState> behavior, DeploymentState state)
    : Draft<DeploymentState>(behavior, state)
{
    public Deployment Shown { get; set; } = state.Deployment!;

    public DeploymentStatus Status
    {
        get => Shown.Status;
        set => Shown = Shown with { Status = value };
    }

    /// <summary>Sets the Progressing condition, if the Deployment is to be watched for progress at all.</summary>
    public void ShowProgress(string value, string reason, string message, DateTimeOffset now)
    {
        if (DeploymentConditions.HasDeadline(Shown.Spec))
        {
            var condition = DeploymentConditions.Make(DeploymentConditions.Progressing, value, reason, message, now);
            Status = Status with { Conditions = Status.Conditions.With(condition) };
        }
    }

    public void Publish(EntityKey self)
    {
        var before = State.Deployment!;
        if (Shown == before)
        {
            return;
        }

        Emit(Shown.Metadata == before.Metadata ? new StatusChanged(Shown.Status) : new ObjectReplaced(Shown));
        ObjectLifecycle.ReportToController(self, Shown, Decision);
    }
}
