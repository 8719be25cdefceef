using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.PodSubnets;

/// <summary>
/// That a machine has a pod network of its own, and which subnet it would have, as an annotation of its Node:
/// <code>
///   actor-orchestrator/pod-subnet: any                       one of the cluster's
///   actor-orchestrator/pod-subnet: any 10.244.3.0/24         this one, which it had before, if nobody else has it
///   actor-orchestrator/pod-subnet: 10.9.0.0/24               this one or none (its setting node.pod-subnet)
/// </code>
/// Nodes without it (containers as plain processes, a runtime of others) get none.
/// </summary>
/// <param name="Preferred">Which; null: any.</param>
/// <param name="IsFixed">No other will do.</param>
public sealed record SubnetWish(Subnet? Preferred, bool IsFixed)
{
    private const string Any = "any";

    /// <returns>Null: it wants none.</returns>
    public static SubnetWish? Of(Node node)
    {
        if (!node.Metadata.Annotations.TryGetValue(PodSubnetNotes.WishAnnotation, out var text))
        {
            return null;
        }

        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [Any, var known] when Subnet.TryParse(known, out var subnet) => new(subnet, IsFixed: false),
            [var only] when Subnet.TryParse(only, out var subnet) => new(subnet, IsFixed: true),
            _ => new(null, IsFixed: false),
        };
    }

    public override string ToString() =>
        Preferred is not { } subnet ? Any : IsFixed ? $"{subnet}" : $"{Any} {subnet}";
}
