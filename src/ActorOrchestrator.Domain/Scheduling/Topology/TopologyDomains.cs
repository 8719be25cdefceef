using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Scheduling.Filters;

namespace ActorOrchestrator.Domain.Scheduling.Topology;

/// <summary>Which nodes take part in a topology, by value: counters over the same nodes share one division.</summary>
/// <param name="TopologyKey">The node label whose values are the domains.</param>
internal sealed record DomainsKey(string TopologyKey)
{
    /// <summary>Labels that a node must have to belong to a domain at all.</summary>
    public ValueList<string> RequiredKeys { get; init; } = [];

    /// <summary>The node affinity and selector that a node must match to be counted (nodeAffinityPolicy
    /// Honor).</summary>
    public PodSpec? NodeAffinityOf { get; init; }

    /// <summary>The tolerations that a node's taints must be met by (nodeTaintsPolicy Honor); null: not
    /// asked.</summary>
    public ValueList<Toleration>? Tolerations { get; init; }
}

/// <summary>The division of nodes into domains. A node without the label, or one that is not eligible, is in
/// none.</summary>
internal sealed class TopologyDomains(DomainsKey key, NodeFilter[] eligibility)
{
    public const int None = -1;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<int> _nodesIn = [];
    private int[] _domainOf = [];

    public DomainsKey Key { get; } = key;

    /// <summary>How many counters use it.</summary>
    public int Users { get; set; }

    /// <summary>Domains with an eligible node.</summary>
    public int Count { get; private set; }

    /// <summary>Counts up with every change.</summary>
    public long Version { get; private set; }

    public int Of(int slot) => slot < _domainOf.Length ? _domainOf[slot] : None;

    public bool HasNodes(int domain) => _nodesIn[domain] > 0;

    /// <summary>Takes in that a node came, went, or has other labels or taints; returns the domain that it
    /// left.</summary>
    public int NodeChanged(NodeTable nodes, int slot)
    {
        EnsureLength(slot + 1);
        var old = _domainOf[slot];
        var current = Find(nodes, slot);
        if (old == current)
        {
            return old;
        }

        Version++;
        if (old != None && --_nodesIn[old] == 0)
        {
            Count--;
        }

        if (current != None && _nodesIn[current]++ == 0)
        {
            Count++;
        }

        _domainOf[slot] = current;
        return old;
    }

    private int Find(NodeTable nodes, int slot)
    {
        if (nodes.Objects[slot] is not { } node || !IsEligible(nodes, slot, node))
        {
            return None;
        }

        if (!node.Metadata.Labels.TryGetValue(Key.TopologyKey, out var value))
        {
            return None;
        }

        if (!_ids.TryGetValue(value, out var id))
        {
            id = _nodesIn.Count;
            _ids.Add(value, id);
            _nodesIn.Add(0);
        }

        return id;
    }

    private bool IsEligible(NodeTable nodes, int slot, Node node)
    {
        foreach (var required in Key.RequiredKeys.AsSpan())
        {
            if (!node.Metadata.Labels.ContainsKey(required))
            {
                return false;
            }
        }

        return PodClass.All(eligibility, nodes, slot);
    }

    private void EnsureLength(int length)
    {
        if (length <= _domainOf.Length)
        {
            return;
        }

        var old = _domainOf.Length;
        var grown = Math.Max(length, Math.Max(64, old * 2));
        Array.Resize(ref _domainOf, grown);
        Array.Fill(_domainOf, None, old, grown - old);
    }
}
