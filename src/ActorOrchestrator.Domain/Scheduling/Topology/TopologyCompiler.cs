using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Scheduling.Filters;
using ActorOrchestrator.Domain.Scheduling.Scores;

namespace ActorOrchestrator.Domain.Scheduling.Topology;

/// <summary>Turns a pod's (anti-)affinity and spread constraints into filters and scores over shared
/// counters.</summary>
internal sealed class TopologyCompiler(
    Pod pod, Func<CounterKey, NodeFilter[], TopologyCounter> acquire, Func<string, ValueMap<string>> namespaceLabels)
{
    /// <summary>What a required affinity term of a placed pod is worth to a pod that matches it
    /// (kube-scheduler's default hardPodAffinityWeight).</summary>
    private const int RequiredAffinityWeight = 1;

    private readonly List<TopologyCounter> _used = [];
    private readonly List<TopologyCounter> _carried = [];
    private readonly List<NodeFilter> _filters = [];
    private readonly string _namespace = pod.Metadata.Namespace ?? "";

    private ValueMap<string> Labels => pod.Metadata.Labels;

    public ClassTopology Compile()
    {
        Spread("DoNotSchedule", (constraint, counter, self) =>
            _filters.Add(new SpreadFilter(constraint, counter, self)));
        var lenient = new List<(TopologyCounter, int)>();
        Spread("ScheduleAnyway", (constraint, counter, _) => lenient.Add((counter, constraint.MaxSkew)));
        var affinity = pod.Spec.Affinity;
        RequireAffinity(affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? []);
        RequireAntiAffinity(affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? []);
        var preferred = new List<WeightedCounter>();
        Prefer(affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? [], sign: 1, preferred);
        Prefer(affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? [], sign: -1, preferred);

        return new ClassTopology
        {
            Filters = [.. _filters],
            SpreadScore = lenient.Count > 0 ? new SpreadScore([.. lenient]) : null,
            Preferred = [.. preferred],
            Used = [.. _used],
            Carried = [.. _carried],
        };
    }

    private void Spread(string whenUnsatisfiable, Action<TopologySpreadConstraint, TopologyCounter, bool> take)
    {
        var constraints = pod.Spec.TopologySpreadConstraints
            .Where(constraint => constraint.WhenUnsatisfiable == whenUnsatisfiable).ToList();
        ValueList<string> keys = [.. constraints.Select(constraint => constraint.TopologyKey)
            .Distinct().Order(StringComparer.Ordinal)];
        foreach (var constraint in constraints)
        {
            var term = PodTerm.Of(constraint, _namespace, Labels);
            take(constraint, SpreadCounter(constraint, term, keys), MatchesItself(term));
        }
    }

    private TopologyCounter SpreadCounter(TopologySpreadConstraint constraint, PodTerm term, ValueList<string> keys)
    {
        var eligibility = new List<NodeFilter>();
        var honorsAffinity = constraint.NodeAffinityPolicy is null or "Honor";
        var affinity = honorsAffinity ? NodeAffinityFilter.For(pod.Spec) : null;
        if (affinity is not null)
        {
            eligibility.Add(affinity);
        }

        var honorsTaints = constraint.NodeTaintsPolicy == "Honor";
        if (honorsTaints)
        {
            eligibility.Add(new TaintFilter(pod.Spec.Tolerations));
        }

        var domains = new DomainsKey(constraint.TopologyKey)
        {
            RequiredKeys = keys,
            NodeAffinityOf = affinity is null ? null : NodeAffinityOnly(pod.Spec),
            Tolerations = honorsTaints ? pod.Spec.Tolerations : null,
        };
        var key = new CounterKey(domains, new PodInterest.Matching([term])) { IgnoresTerminating = true };
        return Use(key, eligibility.ToArray());
    }

    private void RequireAffinity(ValueList<PodAffinityTerm> terms)
    {
        if (terms.Count == 0)
        {
            return;
        }

        ValueList<PodTerm> all = [.. terms.Select(term => PodTerm.Of(term, _namespace, Labels))];
        var counters = new List<TopologyCounter>();
        for (var i = 0; i < terms.Count; i++)
        {
            counters.Add(Use(Everywhere(terms[i].TopologyKey, new PodInterest.Matching(all))));
            Carry(all[i], terms[i].TopologyKey, CarriedKind.Weighs, RequiredAffinityWeight);
        }

        _filters.Add(new PodAffinityFilter([.. counters], all.All(MatchesItself)));
    }

    private void RequireAntiAffinity(ValueList<PodAffinityTerm> terms)
    {
        if (terms.Count == 0)
        {
            return;
        }

        var counters = new List<TopologyCounter>();
        foreach (var required in terms)
        {
            var term = PodTerm.Of(required, _namespace, Labels);
            counters.Add(Use(Everywhere(required.TopologyKey, new PodInterest.Matching([term]))));
            Carry(term, required.TopologyKey, CarriedKind.Forbids, weight: 0);
        }

        _filters.Add(new PodAntiAffinityFilter([.. counters]));
    }

    private void Prefer(ValueList<WeightedPodAffinityTerm> terms, int sign, List<WeightedCounter> preferred)
    {
        foreach (var weighted in terms)
        {
            var term = PodTerm.Of(weighted.PodAffinityTerm, _namespace, Labels);
            var topologyKey = weighted.PodAffinityTerm.TopologyKey;
            var counter = Use(Everywhere(topologyKey, new PodInterest.Matching([term])));
            preferred.Add(new WeightedCounter(counter, sign * weighted.Weight));
            Carry(term, topologyKey, CarriedKind.Weighs, sign * weighted.Weight);
        }
    }

    private TopologyCounter Use(CounterKey key, params NodeFilter[] eligibility)
    {
        var counter = acquire(key, eligibility);
        _used.Add(counter);
        return counter;
    }

    private void Carry(PodTerm term, string topologyKey, CarriedKind kind, int weight) =>
        _carried.Add(acquire(
            Everywhere(topologyKey, new PodInterest.Carrying(new CarriedTerm(term, kind, weight))), []));

    private static CounterKey Everywhere(string topologyKey, PodInterest interest) =>
        new(new DomainsKey(topologyKey), interest);

    private bool MatchesItself(PodTerm term) => term.Matches(_namespace, namespaceLabels(_namespace), Labels);

    private static PodSpec NodeAffinityOnly(PodSpec spec) => new()
    {
        NodeSelector = spec.NodeSelector,
        Affinity = new Affinity
        {
            NodeAffinity = new NodeAffinity
            {
                RequiredDuringSchedulingIgnoredDuringExecution =
                    spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution,
            },
        },
    };
}
