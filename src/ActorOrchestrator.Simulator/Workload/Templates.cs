using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>The objects that users of a simulation write.</summary>
internal static class Templates
{
    /// <summary>Mostly what works; the others are named for what is wrong with them.</summary>
    private static readonly string[] Images =
    [
        "app:v1", "app:v2", "app:v3", "app:v4", "flaky:v1", "stubborn:v1", "slow:v1", "missing:v1", "crash:v1",
        "unready:v1", "unhealthy:v1",
    ];

    private static readonly string[] GoodImages = ["app:v1", "app:v2", "app:v3", "app:v4"];

    private static readonly IntOrString[] Bounds = [0, 1, 2, "25%", "50%", "100%"];

    public static string GoodImage(Dice dice) => dice.Pick(GoodImages);

    public static string AnyImage(Dice dice) => dice.Chance(0.7) ? GoodImage(dice) : dice.Pick(Images);

    public static Deployment Deployment(Dice dice, string name, string @namespace)
    {
        var labels = ValueMap<string>.From([KeyValuePair.Create("app", name)]);
        return new Deployment
        {
            Metadata = new ObjectMeta { Name = name, Namespace = @namespace, Labels = labels },
            Spec = new DeploymentSpec
            {
                Replicas = dice.Below(6),
                Selector = new LabelSelector { MatchLabels = labels },
                Strategy = Strategy(dice),
                MinReadySeconds = dice.Chance(0.3) ? dice.Between(1, 20) : 0,
                RevisionHistoryLimit = dice.Chance(0.3) ? dice.Below(3) : null,
                ProgressDeadlineSeconds = dice.Chance(0.3) ? dice.Between(30, 120) : null,
                Template = new PodTemplateSpec
                {
                    Metadata = new ObjectMeta { Labels = labels, Annotations = MaybeFenced(dice) },
                    Spec = PodSpec(dice),
                },
            },
        };
    }

    /// <summary>Some pods must not run twice.</summary>
    public static ValueMap<string> MaybeFenced(Dice dice) => dice.Chance(0.3)
        ? ValueMap<string>.From([KeyValuePair.Create(PodFencing.Annotation, "true")])
        : ValueMap<string>.Empty;

    public static PodSpec PodSpec(Dice dice)
    {
        var hasImageVolume = dice.Apart("image volume").Chance(0.4);
        var cpu = dice.Pick(["50m", "200m", "500m", "1"]);
        return new PodSpec
        {
            TerminationGracePeriodSeconds = dice.Pick([1L, 5L, 30L]),
            NodeSelector = dice.Chance(0.15)
                ? ValueMap<string>.From([KeyValuePair.Create("disk", "ssd")])
                : ValueMap<string>.Empty,
            InitContainers = dice.Chance(0.15) ? [new Container { Name = "prepare", Image = "job:v1" }] : [],
            Containers =
            [
                new Container
                {
                    Name = "main",
                    Image = AnyImage(dice),
                    Resources = new ResourceRequirements
                    {
                        Requests = ValueMap<Quantity>.From(
                        [
                            KeyValuePair.Create("cpu", Quantity.Parse(cpu)),
                            KeyValuePair.Create("memory", Quantity.Parse("64Mi")),
                        ]),
                    },
                    ReadinessProbe = dice.Chance(0.6) ? Probe(dice) : null,
                    LivenessProbe = dice.Chance(0.3) ? Probe(dice) : null,
                    VolumeMounts = hasImageVolume ? [new VolumeMount { Name = "data", MountPath = "/data" }] : [],
                    Lifecycle = dice.Chance(0.15)
                        ? new Lifecycle { PreStop = new LifecycleHandler { Sleep = new SleepAction { Seconds = 2 } } }
                        : null,
                },
            ],
            Volumes = hasImageVolume
                ? [new Volume { Name = "data", Image = new ImageVolumeSource { Reference = "data:v1" } }]
                : [],
        };
    }

    private static Probe Probe(Dice dice) => new()
    {
        HttpGet = new HTTPGetAction { Path = "/", Port = 80 },
        PeriodSeconds = dice.Between(5, 20),
        FailureThreshold = dice.Between(1, 3),
    };

    /// <summary>Both bounds zero would never move, and is refused.</summary>
    public static DeploymentStrategy Strategy(Dice dice)
    {
        if (dice.Chance(0.15))
        {
            return new DeploymentStrategy { Type = "Recreate" };
        }

        var surge = dice.Pick(Bounds);
        var unavailable = dice.Pick(Bounds);
        return new DeploymentStrategy
        {
            Type = "RollingUpdate",
            RollingUpdate = new RollingUpdateDeployment
            {
                MaxSurge = surge,
                MaxUnavailable = surge == 0 && unavailable == 0 ? 1 : unavailable,
            },
        };
    }
}
