using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
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
    private readonly List<PodClass> _classes = [];
    private readonly List<TopologyCounter> _counters = [];
    private readonly Dictionary<CounterKey, TopologyCounter> _byKey = [];
    private readonly Dictionary<string, ValueMap<string>> _namespaceLabels = new(StringComparer.Ordinal);

    /// <summary>Registers a class that has no placed pods yet.</summary>
    public void Add(PodClass pods)
    {
        pods.Topology = new TopologyCompiler(pods.Sample, Acquire, LabelsOf).Compile();
        _classes.Add(pods);
        foreach (var counter in _counters)
            Relate(counter, pods);
    }

    /// <summary>Forgets a class whose last pod is gone.</summary>
    public void Remove(PodClass pods)
    {
        _classes.Remove(pods);
        foreach (var counter in pods.Topology.Used)
            Drop(counter);

        foreach (var counter in pods.Topology.Carried)
            Drop(counter);
    }

    public void Place(PodClass pods, int slot, int count)
    {
        pods.CountPlaced(slot, count);
        foreach (var counter in pods.Topology.Counting)
            counter.Count(slot, count);

        foreach (var counter in pods.Topology.Carried)
            counter.Count(slot, count);
    }

    /// <summary>Placed pods began to terminate (or, with a negative count, such pods are gone and will be unplaced
    /// next).</summary>
    public void Terminate(PodClass pods, int slot, int count)
    {
        pods.CountTerminating(slot, count);
        foreach (var counter in pods.Topology.Counting)
        {
            if (counter.Key.IgnoresTerminating)
                counter.Count(slot, -count);
        }
    }

    public void NodeChanged(int slot)
    {
        foreach (var counter in _counters)
            counter.NodeChanged(nodes, slot);
    }

    /// <summary>Namespace selectors may now mean other namespaces: every relation is derived anew.</summary>
    public void NamespaceChanged(string name, ValueMap<string>? labels)
    {
        if ((_namespaceLabels.GetValueOrDefault(name) ?? ValueMap<string>.Empty).Equals(labels ?? ValueMap<string>.Empty))
            return;

        if (labels is null)
            _namespaceLabels.Remove(name);
        else
            _namespaceLabels[name] = labels;

        foreach (var pods in _classes)
        {
            if (pods.Sample.Metadata.Namespace == name)
                RelateAnew(pods);
        }
    }

    private void RelateAnew(PodClass pods)
    {
        foreach (var counter in pods.Topology.Counting)
            CountAll(counter, pods, sign: -1);

        pods.Topology.Counting.Clear();
        pods.Topology.Forbidding.Clear();
        pods.Topology.Weighing.Clear();
        foreach (var counter in _counters)
            Relate(counter, pods);
    }

    private TopologyCounter Acquire(CounterKey key, NodeFilter[] eligibility)
    {
        if (_byKey.TryGetValue(key, out var counter))
        {
            counter.Users++;
            return counter;
        }

        counter = new TopologyCounter(key, eligibility) { Users = 1 };
        _byKey.Add(key, counter);
        _counters.Add(counter);
        for (var slot = 0; slot < nodes.Count; slot++)
            counter.NodeChanged(nodes, slot);

        foreach (var pods in _classes)
            Relate(counter, pods);

        return counter;
    }

    private void Drop(TopologyCounter counter)
    {
        if (--counter.Users > 0)
            return;

        _byKey.Remove(counter.Key);
        _counters.Remove(counter);
        foreach (var pods in _classes)
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
                if (matching.Terms.All(term => Matches(term, pods)))
                {
                    pods.Topology.Counting.Add(counter);
                    CountAll(counter, pods, sign: 1);
                }

                break;
            case PodInterest.Carrying { Carried: { Kind: CarriedKind.Forbids } carried }:
                if (Matches(carried.Term, pods))
                    pods.Topology.Forbidding.Add(counter);

                break;
            case PodInterest.Carrying { Carried: { Kind: CarriedKind.Weighs } carried }:
                if (Matches(carried.Term, pods))
                    pods.Topology.Weighing.Add(new WeightedCounter(counter, carried.Weight));

                break;
        }
    }

    private static void CountAll(TopologyCounter counter, PodClass pods, int sign)
    {
        foreach (var (slot, count) in pods.Placed)
            counter.Count(slot, sign * count);

        if (!counter.Key.IgnoresTerminating)
            return;

        foreach (var (slot, count) in pods.Terminating)
            counter.Count(slot, -sign * count);
    }

    private bool Matches(PodTerm term, PodClass pods)
    {
        var metadata = pods.Sample.Metadata;
        return term.Matches(metadata.Namespace ?? "", LabelsOf(metadata.Namespace ?? ""), metadata.Labels);
    }

    private ValueMap<string> LabelsOf(string ns) =>
        _namespaceLabels.GetValueOrDefault(ns) ?? ValueMap<string>.Empty;
}
