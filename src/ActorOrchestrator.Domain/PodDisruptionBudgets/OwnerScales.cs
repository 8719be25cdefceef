using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Autoscaling;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.PodDisruptionBudgets;

/// <summary>How many pods the owners of pods want: their scale, or that of the Deployment above a
/// ReplicaSet.</summary>
internal sealed class OwnerScales
{
    private readonly Dictionary<EntityKey, KubeObject> _owners = [];

    /// <summary>Takes in a change; true when it may change what somebody's pods are expected to be.</summary>
    public bool Observe(ObjectChange change)
    {
        if (change.New is null)
        {
            return _owners.Remove(change.Key);
        }

        _owners[change.Key] = change.New;
        return change.Old is null || change.Old.Metadata.Uid != change.New.Metadata.Uid
            || Scalables.ReplicasOf(change.Old) != Scalables.ReplicasOf(change.New)
            || ObjectLifecycle.ControllerOf(change.Old) != ObjectLifecycle.ControllerOf(change.New);
    }

    /// <summary>The replicas that the pods' owners want together, or why that cannot be said. Pods without an owner add
    /// nothing.</summary>
    public (int Wanted, string? Problem) Expected(string @namespace, IEnumerable<Pod> pods)
    {
        var scales = new Dictionary<string, int>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pod in pods)
        {
            if (ObjectLifecycle.ControllerOf(pod) is not { } controller || !seen.Add(controller.Uid))
            {
                continue;
            }

            if (Top(@namespace, controller) is not { } owner)
            {
                return (0, Problem(controller, pod));
            }

            scales[owner.Metadata.Uid!] = Scalables.ReplicasOf(owner) ?? 1;
        }

        return (scales.Values.Sum(), null);
    }

    /// <summary>The controller, or, of a ReplicaSet that a Deployment has, the Deployment.</summary>
    private KubeObject? Top(string @namespace, OwnerReference reference)
    {
        var owner = Find(@namespace, reference);
        return owner is ReplicaSet && ObjectLifecycle.ControllerOf(owner) is { Kind: "Deployment" } above
            ? Find(@namespace, above)
            : owner;
    }

    private KubeObject? Find(string @namespace, OwnerReference reference) =>
        KindRegistry.Find(reference.ApiVersion, reference.Kind) is { } kind
        && _owners.TryGetValue(EntityKey.Of(kind, @namespace, reference.Name), out var owner)
        && owner.Metadata.Uid == reference.Uid
            ? owner
            : null;

    private static string Problem(OwnerReference controller, Pod pod) =>
        KindRegistry.Find(controller.ApiVersion, controller.Kind) is { HasScale: false } kind
            ? $"{kind.Resource} does not implement the scale subresource"
            : $"found no controllers for pod \"{pod.Metadata.Name}\"";
}
