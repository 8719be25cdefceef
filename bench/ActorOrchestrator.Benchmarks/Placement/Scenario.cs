using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Benchmarks.Placement;

/// <summary>A kind of load: what the pods look like, how many there are for each node, and whether they all
/// fit.</summary>
internal sealed record Scenario
{
    public required string Name { get; init; }

    public required int PodsPerNode { get; init; }

    public required Func<int, Pod> Pod { get; init; }

    public bool AllFit { get; init; } = true;

    private const string Zone = "topology.kubernetes.io/zone";
    private const int PodsOfADeployment = 50;

    public static readonly IReadOnlyList<Scenario> All =
    [
        // One Deployment.
        new() { Name = "identical", PodsPerNode = 30, Pod = i => Web(i, deployment: 0) },

        // Deployments of 50, one after the other.
        new() { Name = "deployments", PodsPerNode = 30, Pod = i => Web(i, deployment: i / PodsOfADeployment) },

        // A hundred Deployments growing at the same time.
        new() { Name = "mixed", PodsPerNode = 30, Pod = i => Web(i, deployment: i % 100) },

        // Every pod with requests of its own.
        new() { Name = "distinct", PodsPerNode = 20, Pod = Distinct },

        // Deployments of 50 with a DoNotSchedule spread over zones.
        new() { Name = "spread", PodsPerNode = 10, Pod = Spread },

        // Deployments of 20 with anti-affinity by host.
        new() { Name = "apart", PodsPerNode = 10, Pod = Apart },

        // A Deployment that fits nowhere.
        new() { Name = "full", PodsPerNode = 10, Pod = TooLarge, AllFit = false },
    ];

    public static Node Node(int i) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = $"node-{i:d5}",
            Uid = $"node-uid-{i}",
            Labels = Map(("kubernetes.io/hostname", $"node-{i:d5}"), (Zone, $"zone-{i % 3}")),
        },
        Status = new NodeStatus
        {
            Allocatable = Amounts(("cpu", i % 2 == 0 ? "16" : "32"), ("memory", "64Gi"), ("pods", "110")),
        },
    };

    private static Pod Web(int i, int deployment) => Make(i, deployment, "100m", "200Mi");

    private static Pod Distinct(int i) => Make(i, deployment: null, $"{100 + i % 997}m", $"{100 + i % 1009}Mi");

    private static Pod TooLarge(int i) => Make(i, deployment: 0, "64", "1Gi");

    private static Pod Spread(int i)
    {
        var deployment = i / PodsOfADeployment;
        var pod = Web(i, deployment);
        return pod with
        {
            Spec = pod.Spec with
            {
                TopologySpreadConstraints =
                [
                    new TopologySpreadConstraint
                    {
                        MaxSkew = 1, TopologyKey = Zone, WhenUnsatisfiable = "DoNotSchedule",
                        LabelSelector = Selecting(deployment),
                    },
                ],
            },
        };
    }

    private static Pod Apart(int i)
    {
        var deployment = i / 20;
        var pod = Web(i, deployment);
        var term = new PodAffinityTerm
        {
            TopologyKey = "kubernetes.io/hostname", LabelSelector = Selecting(deployment),
        };
        return pod with
        {
            Spec = pod.Spec with
            {
                Affinity = new Affinity
                {
                    PodAntiAffinity = new PodAntiAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [term] },
                },
            },
        };
    }

    private static Pod Make(int i, int? deployment, string cpu, string memory) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = $"pod-{i}",
            Namespace = "default",
            Uid = $"pod-uid-{i}",
            Labels = Map(("app", deployment is null ? "single" : $"app-{deployment}")),
            OwnerReferences = deployment is null
                ? []
                :
                [
                    new OwnerReference
                    {
                        ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = $"app-{deployment}",
                        Uid = $"rs-uid-{deployment}", Controller = true,
                    },
                ],
        },
        Spec = new PodSpec
        {
            Containers =
            [
                new Container
                {
                    Name = "main", Image = "nginx:1.25",
                    Resources = new ResourceRequirements { Requests = Amounts(("cpu", cpu), ("memory", memory)) },
                },
            ],
        },
        Status = new PodStatus { Phase = "Pending" },
    };

    private static LabelSelector Selecting(int deployment) => new() { MatchLabels = Map(("app", $"app-{deployment}")) };

    private static ValueMap<string> Map(params (string Key, string Value)[] entries) =>
        ValueMap<string>.From(entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)));

    private static ValueMap<Quantity> Amounts(params (string Key, string Value)[] entries) =>
        ValueMap<Quantity>.From(entries.Select(entry => KeyValuePair.Create(entry.Key, Quantity.Parse(entry.Value))));
}
