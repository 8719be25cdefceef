using ActorOrchestrator.Api;
using ActorOrchestrator.Domain.Scheduling.Filters;
using ActorOrchestrator.Domain.Scheduling.Scores;

namespace ActorOrchestrator.Domain.Scheduling.Topology;

/// <summary>
/// All topology counters, and which classes of pods each counts. Terms are matched against classes, not pods: a term is
/// evaluated once for the thousands of pods of a Deployment, and placing one of them is an addition in each counter
/// that its class is known to concern.
/// </summary>
internal sealed class TopologyIndex(NodeTable nodes)
{
    private readonly Dictionary<long, PodClass> _classes = [];
    private readonly Dictionary<CounterKey, TopologyCounter> _counters = [];
    private readonly Dictionary<DomainsKey, TopologyDomains> _domains = [];
    private readonly Dictionary<string, ValueMap<string>> _namespaceLabels = new(StringComparer.Ordinal);

    /// <summary>Registers a class that has no placed pods yet.</summary>
    public void Add(PodClass pods)
    {
        pods.Topology = new TopologyCompiler(pods.Sample, Acquire, LabelsOf).Compile();
        _classes.Add(pods.Ordinal, pods);
        foreach (var counter in _counters.Values)
        {
            Relate(counter, pods);
        }
    }

    /// <summary>Forgets a class whose last pod is gone.</summary>
    public void Remove(PodClass pods)
    {
        _classes.Remove(pods.Ordinal);
        foreach (var counter in pods.Topology.Used)
        {
            Drop(counter);
        }

        foreach (var counter in pods.Topology.Carried)
        {
            Drop(counter);
        }
    }

    public void Place(PodClass pods, int slot, int count)
    {
        pods.CountPlaced(slot, count);
        foreach (var counter in pods.Topology.Counting)
        {
            counter.Count(slot, count);
        }

        foreach (var counter in pods.Topology.Carried)
        {
            counter.Count(slot, count);
        }
    }

    /// <summary>Placed pods began to terminate (or, with a negative count, such pods are gone and will be unplaced
    /// next).</summary>
    public void Terminate(PodClass pods, int slot, int count)
    {
        pods.CountTerminating(slot, count);
        foreach (var counter in pods.Topology.Counting)
        {
            if (counter.Key.IgnoresTerminating)
            {
                counter.Count(slot, -count);
            }
        }
    }

    /// <summary>A node came, went, or has other labels or taints: its pods move with it to another domain.</summary>
    public void NodeChanged(int slot)
    {
        foreach (var domains in _domains.Values)
        {
            var old = domains.NodeChanged(nodes, slot);
            if (old != domains.Of(slot) && nodes.HasPods(slot))
            {
                MovePods(domains, slot, old);
            }
        }
    }

    /// <summary>Namespace selectors may now mean other namespaces: every relation is derived anew.</summary>
    public void NamespaceChanged(string name, ValueMap<string>? labels)
    {
        var old = LabelsOf(name);
        if (old.Equals(labels ?? ValueMap<string>.Empty))
        {
            return;
        }

        if (labels is null)
        {
            _namespaceLabels.Remove(name);
        }
        else
        {
            _namespaceLabels[name] = labels;
        }

        foreach (var pods in _classes.Values)
        {
            if (pods.Sample.Metadata.Namespace == name)
            {
                RelateAnew(pods);
            }
        }
    }

    private void MovePods(TopologyDomains domains, int slot, int old)
    {
        foreach (var pods in _classes.Values)
        {
            if (pods.PlacedOn(slot) == 0)
            {
                continue;
            }

            foreach (var counter in pods.Topology.Counting.Concat(pods.Topology.Carried))
            {
                if (counter.Domains != domains)
                {
                    continue;
                }

                var count = Counted(counter, pods, slot);
                counter.CountIn(old, -count);
                counter.CountIn(domains.Of(slot), count);
            }
        }
    }

    private static int Counted(TopologyCounter counter, PodClass pods, int slot) =>
        pods.PlacedOn(slot) - (counter.Key.IgnoresTerminating ? pods.Terminating.GetValueOrDefault(slot) : 0);

    private void RelateAnew(PodClass pods)
    {
        foreach (var counter in pods.Topology.Counting)
        {
            CountAll(counter, pods, sign: -1);
        }

        pods.Topology.Counting.Clear();
        pods.Topology.Forbidding.Clear();
        pods.Topology.Weighing.Clear();
        foreach (var counter in _counters.Values)
        {
            Relate(counter, pods);
        }
    }

    private TopologyCounter Acquire(CounterKey key, NodeFilter[] eligibility)
    {
        if (_counters.TryGetValue(key, out var counter))
        {
            counter.Users++;
            return counter;
        }

        counter = new TopologyCounter(key, AcquireDomains(key.Domains, eligibility)) { Users = 1 };
        _counters.Add(key, counter);
        foreach (var pods in _classes.Values)
        {
            Relate(counter, pods);
        }

        return counter;
    }

    private TopologyDomains AcquireDomains(DomainsKey key, NodeFilter[] eligibility)
    {
        if (!_domains.TryGetValue(key, out var domains))
        {
            _domains.Add(key, domains = new TopologyDomains(key, eligibility));
            for (var slot = 0; slot < nodes.Count; slot++)
            {
                domains.NodeChanged(nodes, slot);
            }
        }

        domains.Users++;
        return domains;
    }

    private void Drop(TopologyCounter counter)
    {
        if (--counter.Users > 0)
        {
            return;
        }

        _counters.Remove(counter.Key);
        if (--counter.Domains.Users == 0)
        {
            _domains.Remove(counter.Domains.Key);
        }

        foreach (var pods in _classes.Values)
        {
            pods.Topology.Counting.Remove(counter);
            pods.Topology.Forbidding.Remove(counter);
            pods.Topology.Weighing.RemoveAll(weighted => weighted.Counter == counter);
        }
    }

    private void Relate(TopologyCounter counter, PodClass pods)
    {
        switch (counter.Key.Interest)
        {
            case PodInterest.Matching matching:
                if (MatchesAll(matching.Terms, pods))
                {
                    pods.Topology.Counting.Add(counter);
                    CountAll(counter, pods, sign: 1);
                }

                break;
            case PodInterest.Carrying { Carried: { Kind: CarriedKind.Forbids } carried }:
                if (Matches(carried.Term, pods))
                {
                    pods.Topology.Forbidding.Add(counter);
                }

                break;
            case PodInterest.Carrying { Carried: { Kind: CarriedKind.Weighs } carried }:
                if (Matches(carried.Term, pods))
                {
                    pods.Topology.Weighing.Add(new WeightedCounter(counter, carried.Weight));
                }

                break;
        }
    }

    private static void CountAll(TopologyCounter counter, PodClass pods, int sign)
    {
        foreach (var (slot, _) in pods.Placed)
        {
            counter.Count(slot, sign * Counted(counter, pods, slot));
        }
    }

    private bool MatchesAll(ValueList<PodTerm> terms, PodClass pods)
    {
        foreach (var term in terms.AsSpan())
        {
            if (!Matches(term, pods))
            {
                return false;
            }
        }

        return true;
    }

    private bool Matches(PodTerm term, PodClass pods)
    {
        var metadata = pods.Sample.Metadata;
        return term.Matches(metadata.Namespace ?? "", LabelsOf(metadata.Namespace ?? ""), metadata.Labels);
    }

    private ValueMap<string> LabelsOf(string ns) =>
        _namespaceLabels.GetValueOrDefault(ns) ?? ValueMap<string>.Empty;
}
