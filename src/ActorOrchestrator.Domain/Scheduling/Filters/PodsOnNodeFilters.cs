namespace ActorOrchestrator.Domain.Scheduling.Filters;

/// <summary>kube-scheduler's NodePorts: no pod of the node holds a host port that the pod wants.</summary>
internal sealed class HostPortFilter : NodeFilter
{
    private readonly HostPort[] _wanted;

    private HostPortFilter(HostPort[] wanted) : base(FilterScope.PodsOnNode) => _wanted = wanted;

    public static NodeFilter? For(PodDemand demand) =>
        demand.HostPorts.Length == 0 ? null : new HostPortFilter(demand.HostPorts);

    public override bool Passes(NodeTable nodes, int slot) =>
        nodes.HostPorts[slot] is not { } taken || !taken.Conflicts(_wanted);

    public override void Explain(NodeTable nodes, int slot, FailureReasons reasons) =>
        reasons.Add("node(s) didn't have free ports for the requested pod ports");
}

/// <summary>kube-scheduler's NodeResourcesFit: what the node's pods request, this pod's requests included, stays within
/// the allocatable amounts. Resources that the pod does not request are not looked at.</summary>
internal sealed class ResourceFilter(PodDemand demand) : NodeFilter(FilterScope.PodsOnNode)
{
    public override bool Passes(NodeTable nodes, int slot)
    {
        var row = slot * nodes.Stride;
        var allocatable = nodes.Allocatable;
        var requested = nodes.Requested;
        var amounts = demand.Amounts;
        var columns = demand.Columns;
        for (var i = 0; i < columns.Length; i++)
        {
            var cell = row + columns[i];
            if (requested[cell] + amounts[i] > allocatable[cell])
                return false;
        }

        return true;
    }

    public override void Explain(NodeTable nodes, int slot, FailureReasons reasons)
    {
        for (var i = 0; i < demand.Columns.Length; i++)
        {
            var cell = slot * nodes.Stride + demand.Columns[i];
            if (nodes.Requested[cell] + demand.Amounts[i] <= nodes.Allocatable[cell])
                continue;

            reasons.Add(demand.Columns[i] == NodeTable.PodsColumn
                ? "Too many pods"
                : $"Insufficient {nodes.ColumnName(demand.Columns[i])}");
        }
    }
}
