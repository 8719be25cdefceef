using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Scheduling;
using ActorOrchestrator.Domain.Scheduling.Filters;

namespace ActorOrchestrator.Domain.DaemonSets;

/// <summary>What a node is to a DaemonSet.</summary>
public enum NodeFit
{
    /// <summary>No pod of it may be there.</summary>
    Unfit,

    /// <summary>A pod that is there may stay: a taint keeps only new ones out.</summary>
    KeepsRunning,

    /// <summary>It is to run a pod.</summary>
    Fit,
}

/// <summary>Which nodes a DaemonSet's pods belong to:
/// <code>
///   nodeName, nodeSelector or required node affinity does not match    Unfit
///   a NoExecute taint is not tolerated                                 Unfit
///   a NoSchedule taint is not tolerated                                KeepsRunning
///   otherwise                                                          Fit
/// </code>
/// Whether the node has room for the pod is the scheduler's question: a pod that finds none waits, and says
/// so.</summary>
public static class NodeFits
{
    /// <param name="spec">The template's, with the tolerations of a daemon
    /// (<see cref="DaemonPodFromTemplate.Tolerant"/>).</param>
    /// <param name="node">The node.</param>
    public static NodeFit Of(PodSpec spec, Node node)
    {
        var isMeant = spec.NodeName is not { Length: > 0 } name || name == node.Metadata.Name;
        if (!isMeant || !NodeAffinityFilter.Matches(spec, node))
        {
            return NodeFit.Unfit;
        }

        var fit = NodeFit.Fit;
        foreach (var taint in node.Spec.Taints)
        {
            if (taint.Effect == "PreferNoSchedule" || Taints.IsTolerated(taint, spec.Tolerations))
            {
                continue;
            }

            if (taint.Effect == "NoExecute")
            {
                return NodeFit.Unfit;
            }

            fit = NodeFit.KeepsRunning;
        }

        return fit;
    }
}
