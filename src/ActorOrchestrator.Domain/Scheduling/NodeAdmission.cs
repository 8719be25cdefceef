using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Scheduling.Filters;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>
/// Whether a node takes a pod that is bound to it (kubelet's admission): whoever binds past the scheduler, by
/// <c>spec.nodeName</c> or a binding, does not get past this. What the scheduler bound passes, for both look at the
/// same objects in the same order.
/// </summary>
public static class NodeAdmission
{
    private const string OsLabel = "kubernetes.io/os";
    private const string Os = "linux";

    private static readonly string[] Native =
        [PodRequests.Pods, PodRequests.Cpu, PodRequests.Memory, PodRequests.EphemeralStorage];

    /// <summary>Why the node refuses the pod; null when it takes it. Of several reasons the first counts.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="node">The node, as the cluster has it.</param>
    /// <param name="others">The pods that the node has taken and that have not ended.</param>
    public static NodeRejection? Refusal(Pod pod, Node node, IReadOnlyCollection<Pod> others) =>
        WrongSystem(pod.Spec, node) ?? Shortage(pod.Spec, node, others) ?? Unsuited(pod.Spec, node, others);

    /// <summary>What the node has too little of for the pod as it is to be after a resize; null when it has
    /// enough.</summary>
    /// <param name="pod">The pod as it is to be.</param>
    /// <param name="node">The node, as the cluster has it.</param>
    /// <param name="others">The other pods of the node that have not ended, each with what is set aside for it.</param>
    public static string? ResizeShortage(Pod pod, Node node, IReadOnlyCollection<Pod> others) =>
        Shortage(pod.Spec, node, others)?.Message;

    private static NodeRejection? WrongSystem(PodSpec spec, Node node)
    {
        if (spec.Os is { Name: { Length: > 0 } name } && name != Os)
        {
            return new NodeRejection(
                "PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS");
        }

        var selected = spec.NodeSelector.GetValueOrDefault(OsLabel);
        return selected is not null && selected != node.Metadata.Labels.GetValueOrDefault(OsLabel)
            ? new NodeRejection("PodOSSelectorNodeLabelDoesNotMatch",
                $"Failed to admit pod as the `{OsLabel}` label doesn't match node label")
            : null;
    }

    private static NodeRejection? Shortage(PodSpec spec, Node node, IReadOnlyCollection<Pod> others)
    {
        var requests = PodRequests.Of(spec);
        requests[PodRequests.Pods] = 1;
        var used = new Dictionary<string, long>(StringComparer.Ordinal) { [PodRequests.Pods] = others.Count };
        foreach (var (resource, amount) in others.SelectMany(other => PodRequests.Of(other.Spec)))
        {
            used[resource] = used.GetValueOrDefault(resource) + amount;
        }

        foreach (var resource in Native.Concat(requests.Keys.Except(Native)))
        {
            // What the node knows nothing of (a resource of the whole cluster) it does not count.
            var isKnown = node.Status.Allocatable.TryGetValue(resource, out var quantity);
            if (!requests.TryGetValue(resource, out var requested) || (!isKnown && !Native.Contains(resource)))
            {
                continue;
            }

            var (taken, capacity) = (used.GetValueOrDefault(resource), PodRequests.Amount(resource, quantity));
            if (requested > capacity - taken)
            {
                return new NodeRejection($"OutOf{resource}",
                    $"Node didn't have enough resource: {resource}, requested: {requested}, used: {taken}, "
                    + $"capacity: {capacity}");
            }
        }

        return null;
    }

    private static NodeRejection? Unsuited(PodSpec spec, Node node, IReadOnlyCollection<Pod> others)
    {
        if (!NodeAffinityFilter.Matches(spec, node))
        {
            return Predicate("NodeAffinity", NodeAffinityFilter.Mismatch);
        }

        if (spec.NodeName is { Length: > 0 } name && name != node.Metadata.Name)
        {
            return Predicate("NodeName", "node(s) didn't match the requested node name");
        }

        var ports = HostPort.Of(spec).ToArray();
        if (ports.Length > 0 && others.SelectMany(other => HostPort.Of(other.Spec))
            .Any(taken => ports.Any(taken.ConflictsWith)))
        {
            return Predicate("NodePorts", HostPortFilter.Mismatch);
        }

        return node.Spec.Taints.Any(taint =>
            taint.Effect == "NoExecute" && !Taints.IsTolerated(taint, spec.Tolerations))
            ? Predicate("TaintToleration", "node(s) had taints that the pod didn't tolerate")
            : null;
    }

    private static NodeRejection Predicate(string name, string why) => new(name, $"Predicate {name} failed: {why}");
}
