using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>Carries out a step: persists what is asked of ReplicaSets, then asks; keeps the new one's
/// revision.</summary>
internal sealed class RolloutExecutor(
    EntityKey self, OwnerDraft<DeploymentState, Deployment> draft, DecisionContext context)
{
    private readonly RolloutBounds _bounds = RolloutBounds.Of(draft.Shown.Spec);

    public void Execute(RolloutStep step)
    {
        if (step is not (RolloutStep.Resize or RolloutStep.Rescale or RolloutStep.Settled
            or RolloutStep.WaitsForAvailability or RolloutStep.WaitsForRoom or RolloutStep.WaitsForOldPods))
        {
            return;
        }

        var view = RolloutView.Of(draft.Shown, draft.State.Claims.Values);
        var sizes = step switch
        {
            RolloutStep.Resize resize => resize.Sizes,
            RolloutStep.Rescale rescale => rescale.Sizes,
            _ => [],
        };
        if (view.NewReplicaSet is null && CreatesNew(step, sizes))
        {
            Create(view, sizes);
        }

        foreach (var set in view.All)
        {
            Change(set, view, sizes.FirstOrDefault(size => size.Name == set.Metadata.Name));
        }

        FoundNew(view.NewReplicaSet);
    }

    /// <summary>A rolling update makes the new ReplicaSet at once, be it of size 0; Recreate when the old pods are
    /// gone; scaling never.</summary>
    private bool CreatesNew(RolloutStep step, ValueList<Resizing> sizes)
    {
        var isRecreate = draft.Shown.Spec.Strategy.Type == RolloutBounds.Recreate;
        var name = ReplicaSetFromTemplate.NameFor(draft.Shown);
        return step is not RolloutStep.Rescale
            && (!isRecreate || step is RolloutStep.Settled || sizes.Any(size => size.Name == name));
    }

    private void Create(RolloutView view, ValueList<Resizing> sizes)
    {
        var deployment = draft.Shown;
        var name = ReplicaSetFromTemplate.NameFor(deployment);
        var replicas = sizes.FirstOrDefault(size => size.Name == name)?.To ?? 0;
        var set = ReplicaSetFromTemplate.Make(deployment, context.Ids.NewUid(), replicas, _bounds, view.Old);
        draft.Emit(new ReplicaSetClaimed(set.Metadata.Uid!, name, set));
        draft.Decision.Tell(
            self with { Resource = "replicasets.apps", Name = name }, new Create(set));
        ShowRevision(Revisions.Of(set));
        draft.ShowProgress("True", DeploymentConditions.NewReplicaSetCreated,
            $"Created new replica set \"{name}\"", context.Now);
    }

    /// <summary>Brings one ReplicaSet's size and annotations to what they are to be, in one message.</summary>
    private void Change(ReplicaSet set, RolloutView view, Resizing? size)
    {
        var deployment = draft.Shown;
        var isNew = set == view.NewReplicaSet;
        var annotations = isNew
            ? Revisions.Annotate(deployment, set.Metadata.Annotations, Revisions.Next(view.Old))
            : set.Metadata.Annotations;
        var seconds = isNew ? deployment.Spec.MinReadySeconds : set.Spec.MinReadySeconds;
        if (size is not null)
        {
            annotations = Revisions.AnnotateSize(annotations, _bounds);
        }

        if (isNew)
        {
            ShowRevision(Revisions.Of(set with { Metadata = set.Metadata with { Annotations = annotations } }));
        }

        var replicas = size?.To ?? set.Spec.Replicas ?? 1;
        if (annotations == set.Metadata.Annotations && seconds == set.Spec.MinReadySeconds
            && replicas == set.Spec.Replicas)
        {
            return;
        }

        var changed = annotations.Where(entry => set.Metadata.Annotations.GetValueOrDefault(entry.Key) != entry.Value);
        var request = new ResizeRequested(
            set.Metadata.Uid!, set.Metadata.Generation ?? 1, set.Status.AvailableReplicas, replicas, seconds,
            ValueMap<string>.From(changed));
        draft.Emit(request);
        draft.Decision.Tell(
            self with { Resource = "replicasets.apps", Name = set.Metadata.Name! },
            DeploymentDecider.Resize(self, deployment, request));
        if (size is not null && size.From != size.To)
        {
            var direction = size.To > size.From ? "up" : "down";
            draft.Decision.RecordEvent(deployment, "Normal", "ScalingReplicaSet",
                $"Scaled {direction} replica set {size.Name} from {size.From} to {size.To}",
                DeploymentDecider.Component);
        }
    }

    private void FoundNew(ReplicaSet? newSet)
    {
        if (newSet is not null && draft.Shown.Status.Conditions.Find(DeploymentConditions.Progressing) is null)
        {
            draft.ShowProgress("True", DeploymentConditions.FoundNewReplicaSet,
                $"Found new replica set \"{newSet.Metadata.Name}\"", context.Now);
        }
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
                Annotations = deployment.Metadata.Annotations.With(Revisions.Revision, $"{revision}"),
            },
        };
    }
}
