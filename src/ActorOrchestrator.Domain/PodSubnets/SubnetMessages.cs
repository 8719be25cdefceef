namespace ActorOrchestrator.Domain.PodSubnets;

/// <summary>The Node of this uid has the claim on a subnet, durably. It takes the first one that it is told of, and no
/// other ever (<c>spec.podCIDR</c>).</summary>
/// <param name="Uid">Of the Node.</param>
/// <param name="Subnet">In CIDR form.</param>
/// <param name="Cluster">That of the pods of all nodes.</param>
public sealed record AssignPodSubnet(string Uid, string Subnet, string Cluster) : Message;

/// <summary>There is no subnet for the Node of this uid now, and why.</summary>
public sealed record NoPodSubnet(string Uid, string Why) : Message;
