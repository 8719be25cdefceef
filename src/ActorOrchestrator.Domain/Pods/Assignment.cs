using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Pods;

/// <summary>What a node is to run, as the control plane has it: what its agent hears.</summary>
public abstract record Assignment
{
    private Assignment()
    {
    }

    /// <summary>Every pod bound to this node now; what runs for any other pod is to be stopped.</summary>
    public sealed record Snapshot(IReadOnlyList<Pod> Pods) : Assignment
    {
        /// <summary>The node as the cluster has it; null while it has none.</summary>
        public Node? Node { get; init; }
    }

    /// <summary>A pod was bound here or changed (a deletion timestamp among the changes).</summary>
    public sealed record Changed(Pod Pod) : Assignment;

    /// <summary>The object is gone (a forced deletion): whatever still runs for it is to be killed.</summary>
    public sealed record Removed(string Namespace, string Name, string Uid) : Assignment;

    /// <summary>The node has changed (labels, taints, resources).</summary>
    public sealed record NodeChanged(Node Node) : Assignment;
}
