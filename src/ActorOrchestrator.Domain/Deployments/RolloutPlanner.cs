using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.ConfigRollouts;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>Plans a Deployment's next step from what it is and what its ReplicaSets reported.</summary>
internal static class RolloutPlanner
{
    public static RolloutPlan Plan(Deployment deployment, DeploymentState state, DateTimeOffset now)
    {
        if (Blocked(deployment, state, now) is { } reason)
        {
            return RolloutPlan.Wait(reason);
        }

        var view = RolloutView.Of(deployment, state.Claims.Values);
        var bounds = RolloutBounds.Of(deployment.Spec);
        var (sizes, isScaling) = SizesOf(deployment, bounds, view);
        var created = view.NewReplicaSet is null && !isScaling && sizes.WaitingOn is not WaitingOn.OldPods
            ? ReplicaSetFromTemplate.Make(deployment, SizeOfNew(deployment, sizes), bounds, view.Old)
            : null;
        var changes = view.All.Select(set => ChangeOf(deployment, bounds, view, set, sizes.Sizes))
            .OfType<SetChange>().ToList();
        return new RolloutPlan(
            created,
            changes.Where(change => change.From != change.Request.Replicas).ToValueList(),
            changes.Where(change => change.From == change.Request.Replicas).ToValueList(),
            Expired(deployment, view, sizes, now),
            sizes.WaitingOn)
        {
            IsScaling = isScaling,
            Revision = (created ?? view.NewReplicaSet) is { } newSet
                ? Revisions.Of(Annotated(deployment, newSet, view)) : 0,
        };
    }

    /// <summary>Why no step can be decided; null if one can.</summary>
    private static WaitingOn? Blocked(Deployment deployment, DeploymentState state, DateTimeOffset now)
    {
        var silent = state.Claims.Values.Where(claim => claim.OwesAnswer).Select(claim => claim.Name).ToValueList();
        return deployment switch
        {
            { Metadata.DeletionTimestamp: not null } => new WaitingOn.Removal(),
            _ when silent.Count > 0 => new WaitingOn.Answers(silent, state.AskAttempt ?? 0),
            _ when !state.AdoptableKnown => new WaitingOn.Adoptable(),
            _ when ConfigPins.Awaited(
                deployment, () => RolloutView.Of(deployment, state.Claims.Values).NewReplicaSet is not null)
                is { Count: > 0 } awaited =>
                new WaitingOn.Configs(awaited.Select(reference => reference.ToString()).ToValueList()),
            _ when state.Failure?.RetryAt > now => new WaitingOn.CreationRetry(state.Failure.RetryAt),
            _ => null,
        };
    }

    /// <summary>Scaling first, with the sets as they are; then, unless paused, on with the rollout.</summary>
    private static (SetSizes Sizes, bool IsScaling) SizesOf(
        Deployment deployment, RolloutBounds bounds, RolloutView view)
    {
        var newSet = view.NewReplicaSet is null ? null : RolloutView.SizeOf(view.NewReplicaSet);
        var old = view.Old.Select(RolloutView.SizeOf).ToList();
        var isRolling = deployment.Spec.Strategy.Type != RolloutBounds.Recreate;
        if (deployment.Spec.Paused || ProportionalScaling.IsDue(bounds, newSet, old))
        {
            var scaled = ProportionalScaling.Sizes(bounds, isRolling, newSet, old, deployment.Status.Replicas);
            return (new SetSizes(scaled, deployment.Spec.Paused ? new WaitingOn.Resumption() : null), true);
        }

        var grown = newSet ?? new SetSize(ReplicaSetFromTemplate.NameFor(deployment), Replicas: 0);
        return (isRolling ? RollingUpdate.Next(bounds, grown, old) : Recreation.Next(bounds, grown, old), false);
    }

    private static int SizeOfNew(Deployment deployment, SetSizes sizes)
    {
        var name = ReplicaSetFromTemplate.NameFor(deployment);
        return sizes.Sizes.FirstOrDefault(size => size.Name == name)?.To ?? 0;
    }

    /// <summary>One ReplicaSet's new size and annotations, to be asked for in one message; null if it has
    /// them.</summary>
    private static SetChange? ChangeOf(
        Deployment deployment, RolloutBounds bounds, RolloutView view, ReplicaSet set, ValueList<Resizing> sizes)
    {
        var isNew = set == view.NewReplicaSet;
        var size = sizes.FirstOrDefault(size => size.Name == set.Metadata.Name);
        var annotations = (isNew ? Annotated(deployment, set, view) : set).Metadata.Annotations;
        annotations = size is null ? annotations : Revisions.AnnotateSize(annotations, bounds);
        var seconds = isNew ? deployment.Spec.MinReadySeconds : set.Spec.MinReadySeconds;
        var (from, to) = (set.Spec.Replicas ?? 1, size?.To ?? set.Spec.Replicas ?? 1);
        if (annotations == set.Metadata.Annotations && seconds == set.Spec.MinReadySeconds && from == to)
        {
            return null;
        }

        var changed = annotations.Where(entry => set.Metadata.Annotations.GetValueOrDefault(entry.Key) != entry.Value);
        return new SetChange(set.Metadata.Name!, from, new ResizeRequested(
            set.Metadata.Uid!, set.Metadata.Generation ?? 1, set.Status.AvailableReplicas, to, seconds,
            ValueMap<string>.From(changed)));
    }

    private static ReplicaSet Annotated(Deployment deployment, ReplicaSet newSet, RolloutView view) => newSet with
    {
        Metadata = newSet.Metadata with
        {
            Annotations = Revisions.Annotate(deployment, newSet.Metadata.Annotations, Revisions.Next(view.Old)),
        },
    };

    /// <summary>Old ReplicaSets go when the rollout is complete, or paused; never one that is just made
    /// larger.</summary>
    private static ValueList<ReplicaSet> Expired(
        Deployment deployment, RolloutView view, SetSizes sizes, DateTimeOffset now)
    {
        var status = RolloutStatus.Count(deployment, view.NewReplicaSet, view.All, now);
        var isDone = sizes is { Sizes.Count: 0, WaitingOn: null } && RolloutStatus.IsComplete(deployment, status);
        return deployment.Spec.Paused || isDone
            ? HistoryCleanup.Expired(view.Old, deployment.Spec.RevisionHistoryLimit)
                .Where(set => sizes.Sizes.All(size => size.Name != set.Metadata.Name || size.To == 0)).ToValueList()
            : [];
    }
}
