using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>
/// Two pods are of one class when no filter and no score can tell them apart: the same namespace, labels, controller
/// and priority, and equal constraints and requests. What a node is worth is then worked out once for all of them.
/// </summary>
internal sealed class PodClassComparer : IEqualityComparer<Pod>
{
    public static readonly PodClassComparer Instance = new();

    public bool Equals(Pod? left, Pod? right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        return left is not null && right is not null
            && left.Metadata.Namespace == right.Metadata.Namespace
            && PodClass.ControllerUid(left) == PodClass.ControllerUid(right)
            && left.Metadata.Labels.Equals(right.Metadata.Labels)
            && SameConstraints(left.Spec, right.Spec)
            && SameDemand(left.Spec, right.Spec);
    }

    /// <summary>Few fields are enough to tell most classes apart, and the hash is taken of every pod.</summary>
    public int GetHashCode(Pod pod)
    {
        var owner = PodClass.ControllerUid(pod);
        return HashCode.Combine(
            pod.Metadata.Namespace, owner, owner is null ? FirstLabel(pod.Metadata.Labels) : pod.Metadata.Labels.Count,
            pod.Spec.Priority, FirstRequests(pod.Spec.Containers));
    }

    private static int FirstRequests(ValueList<Container> containers)
    {
        var hash = containers.Count;
        if (hash > 0)
        {
            foreach (var (_, quantity) in containers[0].Resources.Requests)
            {
                hash = HashCode.Combine(hash, quantity);
            }
        }

        return hash;
    }

    private static int FirstLabel(ValueMap<string> labels)
    {
        foreach (var (key, value) in labels)
        {
            return HashCode.Combine(key, value);
        }

        return 0;
    }

    private static bool SameConstraints(PodSpec left, PodSpec right) =>
        left.Priority == right.Priority
        && left.PreemptionPolicy == right.PreemptionPolicy
        && left.NodeSelector.Equals(right.NodeSelector)
        && left.Affinity == right.Affinity
        && left.Tolerations.Equals(right.Tolerations)
        && left.TopologySpreadConstraints.Equals(right.TopologySpreadConstraints);

    private static bool SameDemand(PodSpec left, PodSpec right) =>
        left.Overhead.Equals(right.Overhead)
        && left.Resources == right.Resources
        && SameDemand(left.Containers, right.Containers)
        && SameDemand(left.InitContainers, right.InitContainers);

    private static bool SameDemand(ValueList<Container> left, ValueList<Container> right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        if (left.Count != right.Count)
        {
            return false;
        }

        for (var i = 0; i < left.Count; i++)
        {
            if (left[i].RestartPolicy != right[i].RestartPolicy
                || left[i].Resources != right[i].Resources
                || !left[i].Ports.Equals(right[i].Ports))
            {
                return false;
            }
        }

        return true;
    }
}
