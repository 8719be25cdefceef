using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;

namespace ActorOrchestrator.Domain.Scheduling.Filters;

/// <summary>kube-scheduler's NodeUnschedulable: a cordoned node takes only pods that tolerate the taint
/// <c>node.kubernetes.io/unschedulable:NoSchedule</c>.</summary>
internal sealed class UnschedulableNodeFilter() : NodeFilter(FilterScope.NodeSpec)
{
    private static readonly Taint Cordon = new() { Key = WellKnownTaints.Unschedulable, Effect = "NoSchedule" };

    public static NodeFilter? For(ValueList<Toleration> tolerations) =>
        Taints.IsTolerated(Cordon, tolerations) ? null : new UnschedulableNodeFilter();

    public override bool Passes(NodeTable nodes, int slot) => (nodes.Traits[slot] & NodeTraits.Unschedulable) == 0;

    public override void Explain(NodeTable nodes, int slot, FailureReasons reasons) =>
        reasons.Add("node(s) were unschedulable");
}

/// <summary>kube-scheduler's TaintToleration: NoSchedule and NoExecute taints must be tolerated. A node that is not
/// ready or unreachable carries such taints, so readiness needs no filter of its own.</summary>
internal sealed class TaintFilter(ValueList<Toleration> tolerations) : NodeFilter(FilterScope.NodeSpec)
{
    public override bool Passes(NodeTable nodes, int slot) =>
        (nodes.Traits[slot] & NodeTraits.ForbiddingTaints) == 0 || FirstUntolerated(nodes, slot) is null;

    public override void Explain(NodeTable nodes, int slot, FailureReasons reasons)
    {
        var taint = FirstUntolerated(nodes, slot)!;
        reasons.Add($"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}");
    }

    private Taint? FirstUntolerated(NodeTable nodes, int slot)
    {
        foreach (var taint in nodes.Objects[slot]!.Spec.Taints.AsSpan())
        {
            if (taint.Effect != "PreferNoSchedule" && !Taints.IsTolerated(taint, tolerations))
            {
                return taint;
            }
        }

        return null;
    }
}

/// <summary>kube-scheduler's NodeAffinity: <c>spec.nodeSelector</c> and the required node affinity.</summary>
internal sealed class NodeAffinityFilter : NodeFilter
{
    public const string Mismatch = "node(s) didn't match Pod's node affinity/selector";

    private readonly KeyValuePair<string, string>[] _nodeSelector;
    private readonly NodeSelector? _required;

    private NodeAffinityFilter(ValueMap<string> nodeSelector, NodeSelector? required)
        : base(FilterScope.NodeSpec) => (_nodeSelector, _required) = ([.. nodeSelector], required);

    public static NodeFilter? For(PodSpec spec) => Of(spec);

    /// <summary>The same of one node.</summary>
    public static bool Matches(PodSpec spec, Node node) => Of(spec)?.Passes(node) ?? true;

    private static NodeAffinityFilter? Of(PodSpec spec)
    {
        var required = spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
        return spec.NodeSelector.Count == 0 && required is null
            ? null
            : new NodeAffinityFilter(spec.NodeSelector, required);
    }

    public override bool Passes(NodeTable nodes, int slot) => Passes(nodes.Objects[slot]!);

    public override void Explain(NodeTable nodes, int slot, FailureReasons reasons) => reasons.Add(Mismatch);

    private bool Passes(Node node)
    {
        foreach (var (key, value) in _nodeSelector)
        {
            if (!node.Metadata.Labels.TryGetValue(key, out var actual) || actual != value)
            {
                return false;
            }
        }

        return _required is null || NodeSelectors.Matches(_required, node);
    }
}
