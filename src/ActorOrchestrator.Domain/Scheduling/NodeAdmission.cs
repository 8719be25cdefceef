using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Scheduling.Filters;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>
/// Whether a node takes a pod that is bound to it (kubelet's admission): whoever binds past the scheduler, by
/// <c>spec.nodeName</c> or a binding, does not get past this. What the scheduler bound passes, for both look at the
/// same objects in the same order, and count what a node has by the same table.
/// </summary>
public static class NodeAdmission
{
    private const string OsLabel = "kubernetes.io/os";
    private const string Os = "linux";

    /// <summary>Why the node refuses the pod; null when it takes it. Of several reasons the first counts.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="node">The node, as the cluster has it.</param>
    /// <param name="others">The pods that the node has taken and that have not ended.</param>
    public static NodeRejection? Refusal(Pod pod, Node node, IReadOnlyCollection<Pod> others)
    {
        if (WrongSystem(pod.Spec, node) is { } wrong)
        {
            return wrong;
        }

        var (table, slot) = TableOf(node, others);
        var demand = PodDemand.Of(pod.Spec, table);
        return Lacking(table, slot, demand) ?? Unsuited(pod.Spec, table, slot, demand);
    }

    /// <summary>Whether a pod must not start while another one of the node is still being ended: both have one name, or
    /// want the same port of the machine. Of one that is known by what it left alone the ports are not known.</summary>
    public static bool Collides(Pod pod, Pod ending)
    {
        var isOfSameName = pod.Metadata.Namespace == ending.Metadata.Namespace
            && pod.Metadata.Name == ending.Metadata.Name;
        var wanted = HostPort.Of(pod.Spec).ToList();
        return isOfSameName || (wanted.Count > 0 && (ending.Spec.Containers.Count == 0
            || HostPort.Of(ending.Spec).Any(taken => wanted.Exists(port => port.ConflictsWith(taken)))));
    }

    /// <summary>What the node has too little of for the pod as it is to be after a resize; null when it has
    /// enough.</summary>
    /// <param name="pod">The pod as it is to be.</param>
    /// <param name="node">The node, as the cluster has it.</param>
    /// <param name="others">The other pods of the node that have not ended, each with what is set aside for it.</param>
    public static string? ResizeShortage(Pod pod, Node node, IReadOnlyCollection<Pod> others)
    {
        var (table, slot) = TableOf(node, others);
        return Lacking(table, slot, PodDemand.Of(pod.Spec, table))?.Message;
    }

    private static (NodeTable Table, int Slot) TableOf(Node node, IReadOnlyCollection<Pod> pods)
    {
        var table = new NodeTable(capacity: 1);
        table.Set(node);
        var slot = table.SlotOf(node.Metadata.Name!);
        foreach (var pod in pods)
        {
            table.AddPod(slot, PodDemand.Of(pod.Spec, table));
        }

        return (table, slot);
    }

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

    private static NodeRejection? Lacking(NodeTable table, int slot, PodDemand demand)
    {
        var first = Shortage.Of(table, slot, demand).Where(shortage => IsCounted(table, slot, shortage.Column))
            .OrderBy(shortage => shortage.Column == NodeTable.PodsColumn ? -1 : shortage.Column)
            .Select(shortage => (Shortage?)shortage).FirstOrDefault();
        return first is { } lacking
            ? new NodeRejection($"OutOf{table.ColumnName(lacking.Column)}",
                $"Node didn't have enough resource: {table.ColumnName(lacking.Column)}, "
                + $"requested: {lacking.Requested}, used: {lacking.Used}, capacity: {lacking.Capacity}")
            : null;
    }

    /// <summary>What the node knows nothing of (a resource of the whole cluster) it does not count.</summary>
    private static bool IsCounted(NodeTable table, int slot, int column) =>
        column < NodeTable.FixedColumns
        || table.Objects[slot]!.Status.Allocatable.ContainsKey(table.ColumnName(column));

    private static NodeRejection? Unsuited(PodSpec spec, NodeTable table, int slot, PodDemand demand)
    {
        var node = table.Objects[slot]!;
        if (!NodeAffinityFilter.Matches(spec, node))
        {
            return Predicate("NodeAffinity", NodeAffinityFilter.Mismatch);
        }

        if (spec.NodeName is { Length: > 0 } name && name != node.Metadata.Name)
        {
            return Predicate("NodeName", "node(s) didn't match the requested node name");
        }

        if (HostPortFilter.For(demand)?.Passes(table, slot) == false)
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
