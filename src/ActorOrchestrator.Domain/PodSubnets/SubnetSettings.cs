namespace ActorOrchestrator.Domain.PodSubnets;

/// <summary>What nodes get their pods' subnets from.</summary>
/// <param name="Cluster">Of the pods of all nodes.</param>
/// <param name="NodePrefix">How large each node's part is.</param>
public sealed record SubnetSettings(Subnet Cluster, int NodePrefix)
{
    /// <summary>Kubernetes' own bound (node IPAM): a cluster of more parts takes too long to look through.</summary>
    public const int PartBitsMax = 16;

    public static readonly SubnetSettings Default = new(Subnet.Parse("10.244.0.0/16"), NodePrefix: 24);

    /// <summary>How long the subnet of a node that is gone is kept from others. Its machine may live and have pods that
    /// nobody ends while it is cut off; who never used it comes first in any case.</summary>
    public TimeSpan ReuseAfter { get; init; } = TimeSpan.FromHours(1);
}
