namespace ActorOrchestrator.Domain.Scheduling.Filters;

/// <summary>kube-scheduler's NodePorts: no pod of the node holds a host port that the pod wants.</summary>
internal sealed class HostPortFilter : NodeFilter
{
    public const string Mismatch = "node(s) didn't have free ports for the requested pod ports";

    private readonly HostPort[] _wanted;

    private HostPortFilter(HostPort[] wanted) : base(FilterScope.PodsOnNode) => _wanted = wanted;

    public static NodeFilter? For(PodDemand demand) =>
        demand.HostPorts.Length == 0 ? null : new HostPortFilter(demand.HostPorts);

    public override bool Passes(NodeTable nodes, int slot) =>
        nodes.HostPorts[slot] is not { } taken || !taken.Conflicts(_wanted);

    public override void Explain(NodeTable nodes, int slot, FailureReasons reasons) =>
        reasons.Add(Mismatch);
}

/// <summary>kube-scheduler's NodeResourcesFit: what the node's pods request, this pod's requests included, stays within
/// the allocatable amounts. Resources that the pod does not request are not looked at. Pods of the same or a higher
/// priority for which the node is being cleared count as if they were there already.</summary>
internal sealed class ResourceFilter(PodClass pods) : NodeFilter(FilterScope.PodsOnNode)
{
    private readonly PodDemand _demand = pods.Demand;

    public override bool Passes(NodeTable nodes, int slot)
    {
        if (nodes.Nominations[slot] is not null)
        {
            return !Short(nodes, slot).Any();
        }

        var row = slot * nodes.Stride;
        var allocatable = nodes.Allocatable;
        var requested = nodes.Requested;
        var amounts = _demand.Amounts;
        var columns = _demand.Columns;
        for (var i = 0; i < columns.Length; i++)
        {
            var cell = row + columns[i];
            if (requested[cell] + amounts[i] > allocatable[cell])
            {
                return false;
            }
        }

        return true;
    }

    public override void Explain(NodeTable nodes, int slot, FailureReasons reasons)
    {
        foreach (var shortage in Short(nodes, slot))
        {
            reasons.Add(shortage.Column == NodeTable.PodsColumn
                ? "Too many pods"
                : $"Insufficient {nodes.ColumnName(shortage.Column)}");
        }
    }

    private IEnumerable<Shortage> Short(NodeTable nodes, int slot) =>
        Shortage.Of(nodes, slot, _demand, column => Promised(nodes, slot, column));

    private long Promised(NodeTable nodes, int slot, int column)
    {
        long sum = 0;
        foreach (var nomination in nodes.Nominations[slot] ?? [])
        {
            if (nomination.Class != pods && nomination.Class.Priority >= pods.Priority)
            {
                sum += nomination.Class.Demand.AmountOf(column);
            }
        }

        return sum;
    }
}
