using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Scheduling.Filters;

namespace ActorOrchestrator.Domain.Scheduling.Topology;

/// <summary>
/// How many pods of interest there are in each topology domain (each value of the node label <c>TopologyKey</c>), kept
/// up to date pod by pod. Filters and scores read it for any node in constant time. A node without the label, or one
/// that is not eligible, belongs to no domain; its pods are remembered in case that changes.
/// </summary>
internal sealed class TopologyCounter(CounterKey key, NodeFilter[] eligibility)
{
    private const int NoDomain = -1;

    private readonly Dictionary<string, int> _domainIds = new(StringComparer.Ordinal);
    private readonly List<int> _podsIn = [];
    private readonly List<int> _nodesIn = [];
    private int[] _domainOf = [];
    private int[] _podsOn = [];

    public CounterKey Key { get; } = key;

    /// <summary>How many pod classes use it.</summary>
    public int Users { get; set; }

    /// <summary>Pods in any domain.</summary>
    public int Total { get; private set; }

    /// <summary>Domains with an eligible node.</summary>
    public int DomainCount { get; private set; }

    /// <summary>Counts up with every change, so that a waiting class sees whether looking again is worth it.</summary>
    public long Version { get; private set; }

    public bool HasDomain(int slot) => slot < _domainOf.Length && _domainOf[slot] != NoDomain;

    /// <summary>The pods in the node's domain; 0 when it has none.</summary>
    public int PodsNear(int slot) => HasDomain(slot) ? _podsIn[_domainOf[slot]] : 0;

    /// <summary>The fewest pods in any domain with an eligible node.</summary>
    public int FewestPods()
    {
        var fewest = int.MaxValue;
        for (var domain = 0; domain < _podsIn.Count; domain++)
        {
            if (_nodesIn[domain] > 0 && _podsIn[domain] < fewest)
                fewest = _podsIn[domain];
        }

        return fewest == int.MaxValue ? 0 : fewest;
    }

    public void Count(int slot, int pods)
    {
        EnsureLength(slot + 1);
        _podsOn[slot] += pods;
        Version++;
        if (_domainOf[slot] == NoDomain)
            return;

        _podsIn[_domainOf[slot]] += pods;
        Total += pods;
    }

    /// <summary>Takes in that a node came, went, or has other labels or taints.</summary>
    public void NodeChanged(NodeTable nodes, int slot)
    {
        EnsureLength(slot + 1);
        var old = _domainOf[slot];
        var current = DomainOf(nodes, slot);
        if (old == current)
            return;

        Version++;
        if (old != NoDomain)
            Leave(old, _podsOn[slot]);

        if (current != NoDomain)
            Join(current, _podsOn[slot]);

        _domainOf[slot] = current;
    }

    private void Join(int domain, int pods)
    {
        _podsIn[domain] += pods;
        Total += pods;
        if (_nodesIn[domain]++ == 0)
            DomainCount++;
    }

    private void Leave(int domain, int pods)
    {
        _podsIn[domain] -= pods;
        Total -= pods;
        if (--_nodesIn[domain] == 0)
            DomainCount--;
    }

    private int DomainOf(NodeTable nodes, int slot)
    {
        if (nodes.Objects[slot] is not { } node || !IsEligible(nodes, slot, node))
            return NoDomain;

        if (!node.Metadata.Labels.TryGetValue(Key.TopologyKey, out var value))
            return NoDomain;

        if (!_domainIds.TryGetValue(value, out var id))
        {
            id = _podsIn.Count;
            _domainIds.Add(value, id);
            _podsIn.Add(0);
            _nodesIn.Add(0);
        }

        return id;
    }

    private bool IsEligible(NodeTable nodes, int slot, Node node)
    {
        foreach (var required in Key.RequiredKeys.AsSpan())
        {
            if (!node.Metadata.Labels.ContainsKey(required))
                return false;
        }

        foreach (var filter in eligibility)
        {
            if (!filter.Passes(nodes, slot))
                return false;
        }

        return true;
    }

    private void EnsureLength(int length)
    {
        if (length <= _domainOf.Length)
            return;

        var old = _domainOf.Length;
        var grown = Math.Max(length, Math.Max(64, old * 2));
        Array.Resize(ref _domainOf, grown);
        Array.Resize(ref _podsOn, grown);
        Array.Fill(_domainOf, NoDomain, old, grown - old);
    }
}
