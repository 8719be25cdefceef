namespace ActorOrchestrator.Domain.Scheduling.Topology;

/// <summary>
/// How many pods of interest there are in each topology domain, kept up to date pod by pod; filters and scores read it
/// for any node in constant time. Only domains with pods take memory: a Deployment of twenty has at most twenty,
/// however large the cluster.
/// </summary>
internal sealed class TopologyCounter(CounterKey key, TopologyDomains domains)
{
    private readonly Dictionary<int, int> _podsIn = [];
    private long _version;

    public CounterKey Key { get; } = key;

    public TopologyDomains Domains { get; } = domains;

    /// <summary>How many pod classes use it.</summary>
    public int Users { get; set; }

    /// <summary>Pods in any domain.</summary>
    public int Total { get; private set; }

    /// <summary>Counts up with every change, so that a waiting class sees whether looking again is worth it.</summary>
    public long Version => _version + Domains.Version;

    public bool HasDomain(int slot) => Domains.Of(slot) != TopologyDomains.None;

    /// <summary>The pods in the node's domain; 0 when it has none.</summary>
    public int PodsNear(int slot)
    {
        var domain = Domains.Of(slot);
        return domain == TopologyDomains.None || Total == 0 ? 0 : _podsIn.GetValueOrDefault(domain);
    }

    /// <summary>The fewest pods in any domain with an eligible node.</summary>
    public int FewestPods()
    {
        var fewest = int.MaxValue;
        var occupied = 0;
        foreach (var (domain, pods) in _podsIn)
        {
            if (!Domains.HasNodes(domain))
            {
                continue;
            }

            occupied++;
            fewest = Math.Min(fewest, pods);
        }

        return occupied < Domains.Count || occupied == 0 ? 0 : fewest;
    }

    /// <summary>Pods were placed on the node, or left it (negative).</summary>
    public void Count(int slot, int pods) => CountIn(Domains.Of(slot), pods);

    /// <summary>The like, for a domain.</summary>
    public void CountIn(int domain, int pods)
    {
        _version++;
        if (domain == TopologyDomains.None)
        {
            return;
        }

        Total += pods;
        var count = _podsIn.GetValueOrDefault(domain) + pods;
        if (count == 0)
        {
            _podsIn.Remove(domain);
        }
        else
        {
            _podsIn[domain] = count;
        }
    }
}
