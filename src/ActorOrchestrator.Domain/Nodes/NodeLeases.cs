using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>The Lease of a node in <c>kube-node-lease</c>, with kubelet's times: for those who look whether the node
/// lives. The cluster itself goes by its heartbeats.</summary>
public static class NodeLeases
{
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(10);

    private const string Namespace = "kube-node-lease";
    private const int DurationSeconds = 40;

    /// <summary>It goes with its node.</summary>
    /// <param name="node">Whose it is.</param>
    /// <param name="trust">What its machine says of authorities.</param>
    public static Lease Of(Node node, TrustReport trust) => new()
    {
        Metadata = new ObjectMeta
        {
            Namespace = Namespace,
            Name = node.Metadata.Name,
            Annotations = trust.ToAnnotations(),
            OwnerReferences =
            [
                new OwnerReference
                {
                    ApiVersion = node.ApiVersion,
                    Kind = node.Kind,
                    Name = node.Metadata.Name!,
                    Uid = node.Metadata.Uid!,
                },
            ],
        },
        Spec = new LeaseSpec { HolderIdentity = node.Metadata.Name, LeaseDurationSeconds = DurationSeconds },
    };
}
