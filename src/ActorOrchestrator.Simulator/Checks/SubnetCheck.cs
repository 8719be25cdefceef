using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.PodSubnets;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// No two Nodes have pods' subnets that overlap. What a Node had that is gone, a machine may still use that nobody
/// hears: no Node of another name gets it while there are subnets that nobody has had.
/// </summary>
internal sealed class SubnetCheck : Check
{
    private static readonly long All =
        1L << (SubnetSettings.Default.NodePrefix - SubnetSettings.Default.Cluster.Prefix);

    private readonly SortedDictionary<string, Subnet> _byNode = new(StringComparer.Ordinal);
    private readonly Dictionary<Subnet, string> _lastBy = [];

    public override string Guarantee => "subnets";

    public override void OnChange(ObjectChange change, Decided decided)
    {
        if (change is { New: null, Old: Node })
        {
            _byNode.Remove(change.Key.Name);
        }

        if (change.New is not Node node || !Subnet.TryParse(node.Spec.PodCIDR, out var subnet))
        {
            return;
        }

        var name = change.Key.Name;
        if (change.Old is Node { Spec.PodCIDR: { Length: > 0 } before } && before != node.Spec.PodCIDR)
        {
            Violate($"{change.Key} had the pods' subnet {before} and has {subnet} at {change.Sequence}");
        }

        foreach (var (other, theirs) in _byNode)
        {
            if (other != name && theirs.Overlaps(subnet))
            {
                Violate($"{change.Key} has the pods' subnet {subnet} at {change.Sequence}, and {other} has {theirs}");
            }
        }

        if (_lastBy.TryGetValue(subnet, out var former) && former != name && _lastBy.Count < All)
        {
            Violate($"{change.Key} has {subnet} at {change.Sequence}, which {former} had, though there were others");
        }

        (_byNode[name], _lastBy[subnet]) = (subnet, name);
    }
}
