using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>
/// The taints that follow from a node's state, as kube-controller-manager's node life cycle sets them:
/// <code>
///  Ready False            not-ready:NoSchedule, not-ready:NoExecute
///  Ready Unknown          unreachable:NoSchedule, unreachable:NoExecute
///  MemoryPressure True    memory-pressure:NoSchedule      (likewise disk-pressure, pid-pressure)
///  NetworkUnavailable     network-unavailable:NoSchedule
///  spec.unschedulable     unschedulable:NoSchedule
///  the agent has stopped  actor-orchestrator/agent-stopped:NoSchedule
/// </code>
/// All other keys under <c>node.kubernetes.io/</c>. Taints of other keys are the user's and stay as they are.
/// </summary>
internal static class NodeTaints
{
    private const string NoSchedule = "NoSchedule";
    private const string NoExecute = "NoExecute";

    private static readonly string[] Managed =
    [
        WellKnownTaints.NotReady, WellKnownTaints.Unreachable, WellKnownTaints.Unschedulable,
        WellKnownTaints.MemoryPressure, WellKnownTaints.DiskPressure, WellKnownTaints.PidPressure,
        WellKnownTaints.NetworkUnavailable, WellKnownTaints.AgentStopped,
    ];

    /// <summary>The node with the taints that it should have; the same node when it has them. A taint that stays keeps
    /// the time it was added, from which evictions are counted.</summary>
    public static Node Apply(Node node, DateTimeOffset now)
    {
        var wanted = Wanted(node).ToList();
        var taints = new List<Taint>();
        foreach (var taint in node.Spec.Taints)
        {
            var isManaged = Managed.Contains(taint.Key);
            if (!isManaged || wanted.Remove((taint.Key, taint.Effect)))
            {
                taints.Add(taint);
            }
        }

        taints.AddRange(wanted.Select(want => new Taint { Key = want.Key, Effect = want.Effect, TimeAdded = now }));
        var applied = taints.ToValueList();
        return applied.Equals(node.Spec.Taints) ? node : node with { Spec = node.Spec with { Taints = applied } };
    }

    private static IEnumerable<(string Key, string Effect)> Wanted(Node node)
    {
        var ready = NodeConditions.Find(node, NodeConditions.Ready)?.Status;
        if (ready is "False" or "Unknown")
        {
            var key = ready == "False" ? WellKnownTaints.NotReady : WellKnownTaints.Unreachable;
            yield return (key, NoSchedule);
            yield return (key, NoExecute);
        }

        foreach (var (condition, key) in Pressures())
        {
            if (NodeConditions.Find(node, condition)?.Status == "True")
            {
                yield return (key, NoSchedule);
            }
        }

        if (NodeConditions.IsStopped(node))
        {
            yield return (WellKnownTaints.AgentStopped, NoSchedule);
        }

        if (node.Spec.Unschedulable)
        {
            yield return (WellKnownTaints.Unschedulable, NoSchedule);
        }
    }

    private static IEnumerable<(string Condition, string Key)> Pressures() =>
    [
        (NodeConditions.MemoryPressure, WellKnownTaints.MemoryPressure),
        (NodeConditions.DiskPressure, WellKnownTaints.DiskPressure),
        (NodeConditions.PidPressure, WellKnownTaints.PidPressure),
        (NodeConditions.NetworkUnavailable, WellKnownTaints.NetworkUnavailable),
    ];
}
