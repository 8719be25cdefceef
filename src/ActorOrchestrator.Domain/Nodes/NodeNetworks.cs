using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.PodSubnets;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>What a Node shows of its pods' subnet: <c>spec.podCIDR</c>, and the condition <c>NetworkUnavailable</c>
/// while it has none.</summary>
internal static class NodeNetworks
{
    private const string None = "CIDRNotAvailable";

    /// <summary>Whether it shows that it has none, and why.</summary>
    public static bool Shows(Node node, string why) =>
        NodeConditions.Find(node, NodeConditions.NetworkUnavailable) is { Status: "True", Reason: None } shown
        && shown.Message == why;

    /// <summary>Of the Node that is meant, with no subnet yet or with this one; other Nodes stay as they are.</summary>
    public static Node Assigned(Node node, AssignPodSubnet assigned)
    {
        if (node.Metadata.Uid != assigned.Uid || (node.Spec.PodCIDR ?? "") is not "" and var has
            && has != assigned.Subnet)
        {
            return node;
        }

        return node with
        {
            Metadata = node.Metadata with
            {
                Annotations = node.Metadata.Annotations.With(PodSubnetNotes.ClusterAnnotation, assigned.Cluster),
            },
            Spec = node.Spec with { PodCIDR = assigned.Subnet, PodCIDRs = [assigned.Subnet] },
            Status = node.Status with
            {
                Conditions =
                [
                    .. node.Status.Conditions.Where(condition =>
                        condition is not { Type: NodeConditions.NetworkUnavailable, Reason: None }),
                ],
            },
        };
    }

    public static Node Refused(Node node, NoPodSubnet refused, DateTimeOffset now)
    {
        if (node.Metadata.Uid != refused.Uid || Shows(node, refused.Why))
        {
            return node;
        }

        var before = NodeConditions.Find(node, NodeConditions.NetworkUnavailable);
        return node with
        {
            Status = node.Status with
            {
                Conditions =
                [
                    .. node.Status.Conditions.Where(condition => condition.Type != NodeConditions.NetworkUnavailable),
                    new NodeCondition
                    {
                        Type = NodeConditions.NetworkUnavailable,
                        Status = "True",
                        Reason = None,
                        Message = refused.Why,
                        LastHeartbeatTime = now,
                        LastTransitionTime = before is { Status: "True" } ? before.LastTransitionTime : now,
                    },
                ],
            },
        };
    }
}
