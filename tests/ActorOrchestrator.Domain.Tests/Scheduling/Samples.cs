using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Tests.Scheduling;

/// <summary>Pods and nodes for tests, built step by step.</summary>
internal static class Samples
{
    public static Node Node(string name, string cpu = "4", string memory = "8Gi", string pods = "110") => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Uid = "uid-" + name, Labels = Map(("kubernetes.io/hostname", name)),
        },
        Status = new NodeStatus { Allocatable = Quantities(("cpu", cpu), ("memory", memory), ("pods", pods)) },
    };

    public static Node Labelled(this Node node, string key, string value) => node with
    {
        Metadata = node.Metadata with { Labels = node.Metadata.Labels.With(key, value) },
    };

    public static Node Offering(this Node node, string resource, string amount) => node with
    {
        Status = node.Status with { Allocatable = node.Status.Allocatable.With(resource, Quantity.Parse(amount)) },
    };

    public static Node Tainted(this Node node, string key, string? value, string effect) => node with
    {
        Spec = node.Spec with
        {
            Taints = node.Spec.Taints.Add(new Taint { Key = key, Value = value, Effect = effect }),
        },
    };

    public static Node Cordoned(this Node node) => node with { Spec = node.Spec with { Unschedulable = true } };

    public static Pod Pod(string name, string? cpu = null, string? memory = null) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = "uid-" + name },
        Spec = new PodSpec { Containers = [Container(cpu, memory)] },
        Status = new PodStatus { Phase = "Pending" },
    };

    public static Container Container(string? cpu = null, string? memory = null, string? restartPolicy = null) => new()
    {
        Name = "main", RestartPolicy = restartPolicy, Resources = new ResourceRequirements
        {
            Requests = Quantities([.. new[] { ("cpu", cpu), ("memory", memory) }.Where(entry => entry.Item2 is not null)
                .Select(entry => (entry.Item1, entry.Item2!))]),
        },
    };

    public static Pod With(this Pod pod, Func<PodSpec, PodSpec> change) => pod with { Spec = change(pod.Spec) };

    public static Pod In(this Pod pod, string ns) => pod with { Metadata = pod.Metadata with { Namespace = ns } };

    public static Pod Labelled(this Pod pod, string key, string value) => pod with
    {
        Metadata = pod.Metadata with { Labels = pod.Metadata.Labels.With(key, value) },
    };

    public static Pod OwnedBy(this Pod pod, string owner) => pod with
    {
        Metadata = pod.Metadata with
        {
            OwnerReferences =
            [
                new OwnerReference
                {
                    ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = owner, Uid = "uid-" + owner, Controller = true,
                },
            ],
        },
    };

    public static Pod On(this Pod pod, string node) => pod.With(spec => spec with { NodeName = node });

    public static Pod InPhase(this Pod pod, string phase) =>
        pod with { Status = pod.Status with { Phase = phase } };

    public static Pod Terminating(this Pod pod) => pod with
    {
        Metadata = pod.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch },
    };

    public static Pod Tolerating(this Pod pod, Toleration toleration) =>
        pod.With(spec => spec with { Tolerations = spec.Tolerations.Add(toleration) });

    public static Pod RequiringNodes(this Pod pod, params NodeSelectorTerm[] terms) =>
        pod.WithAffinity(affinity => affinity with
        {
            NodeAffinity = new NodeAffinity
            {
                RequiredDuringSchedulingIgnoredDuringExecution = new NodeSelector { NodeSelectorTerms = [.. terms] },
            },
        });

    public static Pod WithAffinity(this Pod pod, Func<Affinity, Affinity> change) =>
        pod.With(spec => spec with { Affinity = change(spec.Affinity ?? new Affinity()) });

    public static Pod AwayFrom(this Pod pod, string key, string value, string topologyKey) =>
        pod.WithAffinity(affinity => affinity with
        {
            PodAntiAffinity = new PodAntiAffinity
            {
                RequiredDuringSchedulingIgnoredDuringExecution = [Term(key, value, topologyKey)],
            },
        });

    public static Pod Near(this Pod pod, string key, string value, string topologyKey) =>
        pod.WithAffinity(affinity => affinity with
        {
            PodAffinity = new PodAffinity
            {
                RequiredDuringSchedulingIgnoredDuringExecution = [Term(key, value, topologyKey)],
            },
        });

    public static Pod Spread(
        this Pod pod, string topologyKey, int maxSkew, string labelKey, string labelValue,
        string whenUnsatisfiable = "DoNotSchedule", int? minDomains = null) => pod.With(spec => spec with
        {
            TopologySpreadConstraints = spec.TopologySpreadConstraints.Add(new TopologySpreadConstraint
            {
                TopologyKey = topologyKey, MaxSkew = maxSkew, WhenUnsatisfiable = whenUnsatisfiable,
                MinDomains = minDomains, LabelSelector = Selecting(labelKey, labelValue),
            }),
        });

    public static PodAffinityTerm Term(string key, string value, string topologyKey) =>
        new() { TopologyKey = topologyKey, LabelSelector = Selecting(key, value) };

    public static LabelSelector Selecting(string key, string value) => new() { MatchLabels = Map((key, value)) };

    public static NodeSelectorTerm Expression(string key, string @operator, params string[] values) => new()
    {
        MatchExpressions = [new NodeSelectorRequirement { Key = key, Operator = @operator, Values = [.. values] }],
    };

    public static ValueMap<string> Map(params (string Key, string Value)[] entries) =>
        ValueMap<string>.From(entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)));

    public static ValueMap<Quantity> Quantities(params (string Key, string Value)[] entries) =>
        ValueMap<Quantity>.From(entries.Select(entry => KeyValuePair.Create(entry.Key, Quantity.Parse(entry.Value))));
}
