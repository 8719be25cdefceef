namespace ActorOrchestrator.Domain.Scheduling.Filters;

/// <summary>What a filter's verdict depends on: how long it can be remembered, and what may change it.</summary>
internal enum FilterScope
{
    /// <summary>The node's own spec, labels and taints.</summary>
    NodeSpec,

    /// <summary>Also the pods on the node.</summary>
    PodsOnNode,

    /// <summary>Pods on other nodes of the same topology domain too.</summary>
    Topology,
}

/// <summary>
/// One hard constraint, compiled for one class of pods. A filter answers in three ways: its factory returns null when
/// it does not apply to the pods at all; <see cref="Passes"/> says whether a node will do; and, only when no node did,
/// <see cref="Explain"/> says why not, in Kubernetes' words.
/// </summary>
internal abstract class NodeFilter(FilterScope scope)
{
    public FilterScope Scope { get; } = scope;

    public abstract bool Passes(NodeTable nodes, int slot);

    /// <summary>Counts the reasons why the node fails; called only for nodes that do.</summary>
    public abstract void Explain(NodeTable nodes, int slot, FailureReasons reasons);
}
