using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>What users do with StatefulSets, their pods and claims.</summary>
internal static class StatefulSetOperations
{
    private const int StatefulSetsMax = 3;
    private const int ReplicasMax = 5;
    private const int StartMax = 3;

    private static readonly IntOrString[] Bounds = [1, 1, 2, "50%", "100%"];
    private static readonly string[] Retentions = ["Retain", "Delete"];

    public static readonly IReadOnlyList<Operation> All =
    [
        new("statefulset-create", CreateAsync),
        new("statefulset-change", ChangeAsync),
        new("statefulset-pod", DeletePodAsync),
    ];

    public static StatefulSet StatefulSet(Dice dice, string name, string @namespace)
    {
        var labels = ValueMap<string>.From([KeyValuePair.Create("app", name)]);
        return new StatefulSet
        {
            Metadata = new ObjectMeta { Name = name, Namespace = @namespace, Labels = labels },
            Spec = new StatefulSetSpec
            {
                Replicas = dice.Below(ReplicasMax),
                Selector = new LabelSelector { MatchLabels = labels },
                ServiceName = name,
                PodManagementPolicy = dice.Chance(0.6) ? "OrderedReady" : "Parallel",
                UpdateStrategy = Strategy(dice),
                MinReadySeconds = dice.Chance(0.2) ? dice.Between(1, 20) : 0,
                RevisionHistoryLimit = dice.Chance(0.3) ? dice.Below(3) : null,
                Ordinals = dice.Chance(0.3) ? new StatefulSetOrdinals { Start = dice.Between(1, StartMax) } : null,
                VolumeClaimTemplates = dice.Chance(0.3) ? [ClaimTemplate()] : [],
                PersistentVolumeClaimRetentionPolicy = dice.Chance(0.7) ? Retention(dice) : null,
                Template = new PodTemplateSpec
                {
                    Metadata = new ObjectMeta { Labels = labels, Annotations = Templates.MaybeFenced(dice) },
                    Spec = Templates.PodSpec(dice),
                },
            },
        };
    }

    /// <summary>Whether the pods wait for ever: nodes cannot mount claims.</summary>
    public static bool HasClaims(StatefulSet set) => set.Spec.VolumeClaimTemplates.Count > 0;

    private static PersistentVolumeClaim ClaimTemplate() => new()
    {
        Metadata = new ObjectMeta { Name = "data" },
        Spec = new PersistentVolumeClaimSpec
        {
            AccessModes = ["ReadWriteOnce"],
            Resources = new VolumeResourceRequirements
            {
                Requests = ValueMap<Quantity>.From([KeyValuePair.Create("storage", Quantity.Parse("1Gi"))]),
            },
        },
    };

    private static StatefulSetPersistentVolumeClaimRetentionPolicy Retention(Dice dice) => new()
    {
        WhenDeleted = dice.Pick(Retentions), WhenScaled = dice.Pick(Retentions),
    };

    private static StatefulSetUpdateStrategy Strategy(Dice dice) => dice.Chance(0.15)
        ? new StatefulSetUpdateStrategy { Type = "OnDelete" }
        : new StatefulSetUpdateStrategy
        {
            Type = "RollingUpdate",
            RollingUpdate = new RollingUpdateStatefulSetStrategy
            {
                Partition = dice.Chance(0.4) ? dice.Below(ReplicasMax) : 0, MaxUnavailable = dice.Pick(Bounds),
            },
        };

    private static async Task CreateAsync(WorkloadContext user)
    {
        if (user.World.Truth.All<StatefulSet>().Count() < StatefulSetsMax)
        {
            var @namespace = user.Dice.Pick(WorkloadContext.Namespaces);
            await user.CreateAsync(StatefulSet(user.Dice, user.NextName("base"), @namespace));
        }
    }

    /// <summary>How many there are, what they run, or how they are kept.</summary>
    private static async Task ChangeAsync(WorkloadContext user)
    {
        if (user.Pick<StatefulSet>() is not { } set)
        {
            return;
        }

        if (user.Dice.Chance(0.4))
        {
            var patch = $$$"""{"spec":{"replicas":{{{user.Dice.Below(ReplicasMax + 1)}}}}}""";
            await user.PatchAsync(set, patch, user.Dice.Chance(0.5) ? "/scale" : "");
            return;
        }

        await user.ReplaceAsync(set with { Spec = Changed(user, set) });
    }

    private static StatefulSetSpec Changed(WorkloadContext user, StatefulSet set)
    {
        var (dice, spec) = (user.Dice, set.Spec);
        return dice.Below(10) switch
        {
            0 => spec with { PersistentVolumeClaimRetentionPolicy = Retention(dice) },
            1 => spec with { Ordinals = new StatefulSetOrdinals { Start = dice.Below(StartMax + 1) } },
            2 or 3 => spec with { UpdateStrategy = Strategy(dice) },
            4 => spec with { Template = Former(user, set) },
            5 or 6 => Canary(dice, spec),
            _ => spec with { Template = WithImage(spec.Template, Templates.AnyImage(dice)) },
        };
    }

    /// <summary>A new image for some of the numbers, the highest; one that gets on, or nothing is seen of where it
    /// ends.</summary>
    private static StatefulSetSpec Canary(Dice dice, StatefulSetSpec spec) => spec with
    {
        UpdateStrategy = new StatefulSetUpdateStrategy
        {
            Type = "RollingUpdate",
            RollingUpdate = new RollingUpdateStatefulSetStrategy
            {
                Partition = dice.Between(1, Math.Max(1, spec.Replicas ?? 1)), MaxUnavailable = dice.Pick(Bounds),
            },
        },
        Template = WithImage(spec.Template, Templates.GoodImage(dice)),
    };

    private static PodTemplateSpec WithImage(PodTemplateSpec template, string image) => template with
    {
        Spec = template.Spec with { Containers = [template.Spec.Containers[0] with { Image = image }] },
    };

    /// <summary>As <c>kubectl rollout undo</c>: the template of one of its revisions.</summary>
    private static PodTemplateSpec Former(WorkloadContext user, StatefulSet set)
    {
        var revision = user.Pick<ControllerRevision>(one =>
            one.Metadata.OwnerReferences.Any(owner => owner.Uid == set.Metadata.Uid));
        return RevisionData.TemplateOf(revision?.Data) ?? set.Spec.Template;
    }

    /// <summary>A pod of one, also by force; or a claim.</summary>
    private static async Task DeletePodAsync(WorkloadContext user)
    {
        if (user.Dice.Chance(0.2))
        {
            await DeleteClaimAsync(user);
        }
        else if (user.Pick<Pod>(IsNumbered) is { } pod)
        {
            await user.DeleteAsync(pod, user.Dice.Chance(0.3) ? """{"gracePeriodSeconds":0}""" : "{}");
        }
    }

    private static bool IsNumbered(Pod pod) =>
        pod.Metadata.OwnerReferences.Any(owner => owner is { Controller: true, Kind: nameof(StatefulSet) });

    private static async Task DeleteClaimAsync(WorkloadContext user)
    {
        if (user.Pick<PersistentVolumeClaim>() is { } claim)
        {
            await user.DeleteAsync(claim);
        }
    }
}
