namespace ActorOrchestrator.Api;

/// <summary>What a Node says of its pods' subnet besides <c>spec.podCIDR</c>.</summary>
public static class PodSubnetNotes
{
    /// <summary>That its machine wants one, and which it would have.</summary>
    public const string WishAnnotation = "actor-orchestrator/pod-subnet";

    /// <summary>On a Node that has one: that of the pods of all nodes, among which addresses are kept.</summary>
    public const string ClusterAnnotation = "actor-orchestrator/cluster-cidr";
}
