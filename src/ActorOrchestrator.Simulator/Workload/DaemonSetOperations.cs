using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>What users do with DaemonSets.</summary>
internal static class DaemonSetOperations
{
    /// <summary>Each has a pod on every node.</summary>
    private const int DaemonSetsMax = 2;

    private static readonly IntOrString[] Bounds = [1, 1, 2, "50%", "100%"];

    public static readonly IReadOnlyList<Operation> All =
    [
        new("daemonset-create", CreateAsync),
        new("daemonset-change", ChangeAsync),
    ];

    public static DaemonSet DaemonSet(Dice dice, string name, string @namespace)
    {
        var labels = ValueMap<string>.From([KeyValuePair.Create("app", name)]);
        return new DaemonSet
        {
            Metadata = new ObjectMeta { Name = name, Namespace = @namespace, Labels = labels },
            Spec = new DaemonSetSpec
            {
                Selector = new LabelSelector { MatchLabels = labels },
                UpdateStrategy = Strategy(dice),
                MinReadySeconds = dice.Chance(0.3) ? dice.Between(1, 20) : 0,
                RevisionHistoryLimit = dice.Chance(0.3) ? dice.Below(3) : null,
                Template = new PodTemplateSpec
                {
                    Metadata = new ObjectMeta { Labels = labels },
                    Spec = PodSpec(dice),
                },
            },
        };
    }

    /// <summary>So little that there is room for it on every machine.</summary>
    private static PodSpec PodSpec(Dice dice)
    {
        var spec = Templates.PodSpec(dice);
        var requests = ValueMap<Quantity>.From([KeyValuePair.Create("cpu", Quantity.Parse("20m"))]);
        return spec with
        {
            NodeSelector = Nodes(dice),
            Containers =
            [
                spec.Containers[0] with { Resources = new ResourceRequirements { Requests = requests } },
            ],
        };
    }

    /// <summary>All nodes, or those with a label that comes and goes.</summary>
    private static ValueMap<string> Nodes(Dice dice) => dice.Chance(0.3)
        ? ValueMap<string>.From([KeyValuePair.Create(NodeOperations.ChangingLabel, "edge")])
        : ValueMap<string>.Empty;

    private static DaemonSetUpdateStrategy Strategy(Dice dice)
    {
        if (dice.Chance(0.15))
        {
            return new DaemonSetUpdateStrategy { Type = "OnDelete" };
        }

        var (bound, isSurge) = (dice.Pick(Bounds), dice.Chance(0.3));
        return new DaemonSetUpdateStrategy
        {
            Type = "RollingUpdate",
            RollingUpdate = new RollingUpdateDaemonSet
            {
                MaxSurge = isSurge ? bound : 0, MaxUnavailable = isSurge ? 0 : bound,
            },
        };
    }

    private static async Task CreateAsync(WorkloadContext user)
    {
        if (user.World.Truth.All<DaemonSet>().Count() < DaemonSetsMax)
        {
            var @namespace = user.Dice.Pick(WorkloadContext.Namespaces);
            await user.CreateAsync(DaemonSet(user.Dice, user.NextName("daemon"), @namespace));
        }
    }

    /// <summary>Mostly another image; else other nodes, or another way of updating.</summary>
    private static async Task ChangeAsync(WorkloadContext user)
    {
        if (user.Pick<DaemonSet>() is not { } set)
        {
            return;
        }

        var (spec, template) = (set.Spec, set.Spec.Template);
        var changed = user.Dice.Below(6) switch
        {
            0 => spec with { UpdateStrategy = Strategy(user.Dice) },
            1 => spec with
            {
                Template = template with { Spec = template.Spec with { NodeSelector = Nodes(user.Dice) } },
            },
            _ => spec with
            {
                Template = template with
                {
                    Spec = template.Spec with
                    {
                        Containers = [template.Spec.Containers[0] with { Image = Templates.AnyImage(user.Dice) }],
                    },
                },
            },
        };
        await user.ReplaceAsync(set with { Spec = changed });
    }
}
