using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Domain.Tests.Deployments;

namespace ActorOrchestrator.Domain.Tests.StatefulSets;

/// <summary>StatefulSets as the gateway hands them over: defaulted and named.</summary>
internal static class StatefulSetBuilder
{
    public static readonly EntityKey Key = new("statefulsets.apps", "default", "web");

    public static StatefulSet Make(int replicas = 3, string image = "v1", string policy = "OrderedReady") =>
        Defaults.Apply(new StatefulSet
        {
            Metadata = new ObjectMeta { Name = Key.Name, Namespace = Key.Namespace },
            Spec = new StatefulSetSpec
            {
                Replicas = replicas,
                ServiceName = "web-hosts",
                PodManagementPolicy = policy,
                Selector = new LabelSelector { MatchLabels = DeploymentBuilder.Label("app", "web") },
                Template = new PodTemplateSpec
                {
                    Metadata = new ObjectMeta { Labels = DeploymentBuilder.Label("app", "web") },
                    Spec = new PodSpec { Containers = [new Container { Name = "main", Image = image }] },
                },
            },
        });

    public static StatefulSet WithSpec(this StatefulSet set, Func<StatefulSetSpec, StatefulSetSpec> change) =>
        set with { Spec = change(set.Spec) };

    public static StatefulSet WithReplicas(this StatefulSet set, int replicas) =>
        set.WithSpec(spec => spec with { Replicas = replicas });

    public static StatefulSet WithImage(this StatefulSet set, string image) => set.WithSpec(spec => spec with
    {
        Template = spec.Template with
        {
            Spec = spec.Template.Spec with { Containers = [spec.Template.Spec.Containers[0] with { Image = image }] },
        },
    });

    public static StatefulSet WithRolling(
        this StatefulSet set, int partition = 0, IntOrString? maxUnavailable = null) => set.WithSpec(spec => spec with
        {
            UpdateStrategy = new StatefulSetUpdateStrategy
            {
                Type = "RollingUpdate",
                RollingUpdate = new RollingUpdateStatefulSetStrategy
                {
                    Partition = partition, MaxUnavailable = maxUnavailable ?? 1,
                },
            },
        });

    public static StatefulSet WithClaims(
        this StatefulSet set, string whenDeleted = "Retain", string whenScaled = "Retain") =>
        set.WithSpec(spec => spec with
        {
            VolumeClaimTemplates =
            [
                Defaults.Apply(new PersistentVolumeClaim
                {
                    Metadata = new ObjectMeta { Name = "data", Labels = DeploymentBuilder.Label("disk", "fast") },
                    Spec = new PersistentVolumeClaimSpec
                    {
                        AccessModes = ["ReadWriteOnce"],
                        Resources = new VolumeResourceRequirements
                        {
                            Requests = ValueMap<Quantity>.From([KeyValuePair.Create("storage", Quantity.FromUnits(1))]),
                        },
                    },
                }),
            ],
            PersistentVolumeClaimRetentionPolicy = new StatefulSetPersistentVolumeClaimRetentionPolicy
            {
                WhenDeleted = whenDeleted, WhenScaled = whenScaled,
            },
        });
}
