using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Deployments;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Tests.Deployments;

/// <summary>
/// G7 at every committed event. Bounds change with what the user asks for, and what was decided by an older spec may
/// still be under way; so a pod may be created if any spec since the last rest allowed it, and an available pod may go
/// if any allowed that. The lower bound counts from when the Deployment first showed it as reached: before, a pod that
/// nobody knew to have come up may be taken for a broken one.
/// </summary>
internal sealed class BoundsChecker
{
    private readonly World _world;
    private readonly bool _checksPods;
    private readonly bool _checksAvailable;
    private int _podsMax;
    private int _availableMin = int.MaxValue;
    private bool _wasReached;

    public BoundsChecker(World world, bool pods, bool available)
    {
        (_world, _checksPods, _checksAvailable) = (world, pods, available);
        world.Committed += Check;
    }

    public string? Trouble { get; private set; }

    public void Asked(Deployment wanted)
    {
        var bounds = RolloutBounds.Of(wanted.Spec);
        _podsMax = Math.Max(_podsMax, bounds.PodsMax);
        var availableMin = wanted.Spec.Strategy.Type == RolloutBounds.Recreate ? 0 : bounds.AvailableMin;
        _availableMin = Math.Min(_availableMin, availableMin);
    }

    /// <summary>Only the last spec counts from now on.</summary>
    public void Rested(Deployment wanted)
    {
        (_podsMax, _availableMin, _wasReached) = (0, int.MaxValue, true);
        Asked(wanted);
    }

    /// <summary>All pods, and only those, are of the wanted template, running and available, and the status says
    /// so.</summary>
    public bool IsAtRest(Deployment wanted)
    {
        var deployment = _world.Find<Deployment>(DeploymentBuilder.Key);
        var image = wanted.Spec.Template.Spec.Containers[0].Image;
        return deployment is not null && !wanted.Spec.Paused
            && deployment.Status.ObservedGeneration == deployment.Metadata.Generation
            && RolloutStatus.IsComplete(deployment, deployment.Status)
            && _world.All<Pod>().Where(pod => pod.Metadata.DeletionTimestamp is not null).ToList().Count == 0
            && _world.All<Pod>().Where(IsActive).ToList() is var pods
            && pods.Count == wanted.Spec.Replicas
            && pods.All(pod => pod.Spec.Containers[0].Image == image && IsAvailable(pod));
    }

    private static bool IsActive(Pod pod) => PodObservation.Of(pod).IsActive;

    private bool IsAvailable(Pod pod)
    {
        var owner = ObjectLifecycle.ControllerKey(pod);
        var seconds = owner is null ? 0 : _world.Find<ReplicaSet>(owner.Value)?.Spec.MinReadySeconds ?? 0;
        return PodObservation.Of(pod).IsAvailable(seconds, _world.Now);
    }

    private void Check(EntityKey key, KubeObject? before, DomainEvent @event)
    {
        if (key == DeploymentBuilder.Key && _world.Find<Deployment>(key) is { Status: { } status })
        {
            _wasReached |= status.AvailableReplicas >= _availableMin;
            if (_checksPods && status.Replicas > _podsMax)
            {
                Trouble ??= $"the status shows {status.Replicas} pods, at most {_podsMax} allowed";
            }
        }

        if (key.Resource != "pods" || Trouble is not null)
        {
            return;
        }

        var pods = _world.All<Pod>().Where(IsActive).ToList();
        if (_checksPods && @event is ObjectCreated && pods.Count > _podsMax)
        {
            Trouble = $"{pods.Count} pods after the creation of {key.Name}, at most {_podsMax} allowed";
        }

        var wasAvailable = before is Pod pod && IsActive(pod) && IsAvailable(pod);
        var available = pods.Count(IsAvailable);
        var isChecked = _checksAvailable && _wasReached && @event is (DeletionRequested or ObjectDeleted);
        if (isChecked && wasAvailable && available < _availableMin)
        {
            Trouble = $"{available} pods available after the deletion of {key.Name}, at least {_availableMin} wanted";
        }
    }
}
