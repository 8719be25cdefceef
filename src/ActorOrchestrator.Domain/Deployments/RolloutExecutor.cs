using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>Carries out a plan: records what is asked of ReplicaSets, then asks.</summary>
internal sealed class RolloutExecutor(
    EntityKey self, OwnerDraft<DeploymentState, Deployment> draft, DecisionContext context)
{
    public void Execute(RolloutPlan plan)
    {
        if (plan.Create is { } manifest)
        {
            Create(manifest with { Metadata = manifest.Metadata with { Uid = context.Ids.NewUid() } });
        }

        foreach (var change in plan.Resize)
        {
            Ask(change);
            var direction = change.Request.Replicas > change.From ? "up" : "down";
            draft.Decision.RecordEvent(draft.Shown, "Normal", "ScalingReplicaSet",
                $"Scaled {direction} replica set {change.Name} from {change.From} to {change.Request.Replicas}",
                DeploymentDecider.Component);
        }

        foreach (var change in plan.Annotate)
        {
            Ask(change);
        }

        foreach (var set in plan.Delete)
        {
            draft.Decision.Tell(KeyOf(set.Metadata.Name!), Delete.Exactly(set.Metadata.Uid!));
        }

        ShowRevision(plan.Revision);
    }

    private void Create(ReplicaSet manifest)
    {
        var (uid, name) = (manifest.Metadata.Uid!, manifest.Metadata.Name!);
        draft.Emit(new ReplicaSetClaimed(uid, name, manifest));
        draft.Decision.Tell(KeyOf(name), new Create(manifest));
        draft.ShowProgress("True", DeploymentConditions.NewReplicaSetCreated,
            $"Created new replica set \"{name}\"", context.Now);
    }

    private void Ask(SetChange change)
    {
        draft.Emit(change.Request);
        draft.Decision.Tell(KeyOf(change.Name), DeploymentDecider.Resize(self, draft.Shown, change.Request));
    }

    private void ShowRevision(long revision)
    {
        var deployment = draft.Shown;
        if (revision == 0 || Revisions.Of(deployment) == revision)
        {
            return;
        }

        draft.Shown = deployment with
        {
            Metadata = deployment.Metadata with
            {
                Annotations = Revisions.Show(deployment.Metadata.Annotations, revision),
            },
        };
    }

    private EntityKey KeyOf(string name) => self with { Resource = DeploymentDecider.ReplicaSets, Name = name };
}
