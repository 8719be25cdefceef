using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>A node's conditions (v1 NodeCondition): the agent's report over the stored ones, and what is left of them
/// when the agent falls silent.</summary>
internal static class NodeConditions
{
    public const string Ready = "Ready";
    public const string MemoryPressure = "MemoryPressure";
    public const string DiskPressure = "DiskPressure";
    public const string PidPressure = "PIDPressure";
    public const string NetworkUnavailable = "NetworkUnavailable";

    private const string Stopped = "AgentStopped";

    /// <summary>The conditions that only the agent can know.</summary>
    private static readonly string[] OfTheAgent = [Ready, MemoryPressure, DiskPressure, PidPressure];

    public static NodeCondition? Find(Node node, string type)
    {
        foreach (var condition in node.Status.Conditions.AsSpan())
        {
            if (condition.Type == type)
            {
                return condition;
            }
        }

        return null;
    }

    /// <summary>The agent's status over the stored one. Conditions of types that the agent does not report stay, as do
    /// extended resources and the attached volumes, which others write. A
    /// condition's transition time moves with its status only; its heartbeat time only when something else changed or
    /// the stored one is older than <paramref name="refresh"/>: else every heartbeat would be a write.</summary>
    public static NodeStatus Merge(NodeStatus stored, NodeStatus reported, DateTimeOffset now, TimeSpan refresh)
    {
        var conditions = new List<NodeCondition>();
        foreach (var condition in reported.Conditions)
        {
            var before = stored.Conditions.FirstOrDefault(other => other.Type == condition.Type);
            conditions.Add(Merge(before, condition, now, refresh));
        }

        var foreign = stored.Conditions
            .Where(condition => reported.Conditions.All(other => other.Type != condition.Type));
        return reported with
        {
            Conditions = [.. conditions, .. foreign],
            Capacity = WithExtended(stored.Capacity, reported.Capacity),
            Allocatable = WithExtended(stored.Capacity, reported.Allocatable),
            VolumesAttached = stored.VolumesAttached,
        };
    }

    /// <summary>An extended resource is advertised by whoever writes it into the node's capacity. The agent knows
    /// nothing of it; all of it can be allocated.</summary>
    private static ValueMap<Quantity> WithExtended(ValueMap<Quantity> capacity, ValueMap<Quantity> reported)
    {
        var extended = capacity.Where(amount =>
            amount.Key.Contains('/', StringComparison.Ordinal) && !reported.ContainsKey(amount.Key)).ToList();
        return extended.Count == 0 ? reported : ValueMap<Quantity>.From(reported.Concat(extended));
    }

    public static bool IsReady(Node node) => Find(node, Ready)?.Status == "True";

    public static bool IsUnknown(Node node) => Find(node, Ready)?.Status == "Unknown";

    /// <summary>The agent has said that it stops, and was not heard of since.</summary>
    public static bool IsStopped(Node node) => IsStopped(node.Status);

    /// <inheritdoc cref="IsStopped(Node)"/>
    public static bool IsStopped(NodeStatus status)
    {
        foreach (var condition in status.Conditions.AsSpan())
        {
            if (condition is { Type: Ready, Status: "True", Reason: Stopped })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The node is as ready as it was: its containers run. Why nothing is heard of it is said.</summary>
    public static NodeStatus Stop(NodeStatus status, DateTimeOffset now, TimeSpan patience) => status with
    {
        Conditions = status.Conditions.Select(condition => condition.Type != Ready
            ? condition
            : condition with
            {
                Reason = Stopped,
                Message = "The agent was stopped in good order; containers run on. The node counts as lost unless the "
                    + $"agent is back within {patience.TotalSeconds:0} s.",
                LastHeartbeatTime = now,
            }).ToValueList(),
    };

    /// <summary>Nothing was heard of the agent for too long.</summary>
    public static NodeStatus Silence(Node node, DateTimeOffset now) => Unknown(
        node.Status, "NodeStatusUnknown",
        IsStopped(node)
            ? "The agent was stopped in good order, and did not come back in time."
            : "Kubelet stopped posting node status.",
        now);

    /// <summary>The cluster does not hear the member that carries the node.</summary>
    public static NodeStatus Unheard(NodeStatus status, MemberUnheard told, DateTimeOffset now) => told.IsRemoved
        ? Unknown(
            status, "MemberRemoved", $"The cluster has removed member {told.Member}, which carries this node.", now)
        : Unknown(
            status, "MemberUnreachable",
            $"The cluster does not hear member {told.Member}, which carries this node.", now);

    /// <summary>The member that a machine is connected to does not hear it.</summary>
    public static NodeStatus MachineUnheard(NodeStatus status, DateTimeOffset now) => Unknown(
        status, "MachineUnreachable", "The member that this machine is connected to does not hear it any more.", now);

    /// <summary>Neither the member that the machine was connected to is heard, nor the machine by another
    /// one.</summary>
    public static NodeStatus Adrift(NodeStatus status, DateTimeOffset now) => Unknown(
        status, "MachineUnreachable",
        "The member that this machine was connected to is not heard any more, and no other member hears the machine.",
        now);

    /// <summary>kube-controller-manager's node monitor: what the agent alone knows is Unknown now.</summary>
    private static NodeStatus Unknown(NodeStatus status, string reason, string message, DateTimeOffset now)
    {
        var conditions = status.Conditions.ToList();
        foreach (var type in OfTheAgent)
        {
            var index = conditions.FindIndex(condition => condition.Type == type);
            if (index < 0)
            {
                conditions.Add(new NodeCondition
                {
                    Type = type,
                    Status = "Unknown",
                    Reason = "NodeStatusNeverUpdated",
                    Message = "Kubelet never posted node status.",
                    LastTransitionTime = now,
                });
            }
            else if (conditions[index].Status != "Unknown")
            {
                conditions[index] = conditions[index] with
                {
                    Status = "Unknown",
                    Reason = reason,
                    Message = message,
                    LastTransitionTime = now,
                };
            }
        }

        return status with { Conditions = [.. conditions] };
    }

    private static NodeCondition Merge(
        NodeCondition? before, NodeCondition reported, DateTimeOffset now, TimeSpan refresh)
    {
        var transition = before?.Status == reported.Status ? before.LastTransitionTime : now;
        var isSame = before is not null && before.Status == reported.Status && before.Reason == reported.Reason
            && before.Message == reported.Message;
        var isFresh = before?.LastHeartbeatTime is { } heard && now - heard < refresh;
        return reported with
        {
            LastTransitionTime = transition,
            LastHeartbeatTime = isSame && isFresh ? before!.LastHeartbeatTime : now,
        };
    }
}
