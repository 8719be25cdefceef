using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Domain.Tests.Deployments;

namespace ActorOrchestrator.Domain.Tests.DaemonSets;

/// <summary>DaemonSets as the gateway hands them over: defaulted and named.</summary>
internal static class DaemonSetBuilder
{
    public static readonly EntityKey Key = new("daemonsets.apps", "default", "logs");

    public static DaemonSet Make(string image = "v1", int surge = 0, int unavailable = 1) =>
        Defaults.Apply(new DaemonSet
        {
            Metadata = new ObjectMeta { Name = Key.Name, Namespace = Key.Namespace },
            Spec = new DaemonSetSpec
            {
                Selector = new LabelSelector { MatchLabels = DeploymentBuilder.Label("app", "logs") },
                UpdateStrategy = new DaemonSetUpdateStrategy
                {
                    Type = "RollingUpdate",
                    RollingUpdate = new RollingUpdateDaemonSet
                    {
                        MaxSurge = surge, MaxUnavailable = surge > 0 ? 0 : unavailable,
                    },
                },
                Template = new PodTemplateSpec
                {
                    Metadata = new ObjectMeta { Labels = DeploymentBuilder.Label("app", "logs") },
                    Spec = new PodSpec { Containers = [new Container { Name = "main", Image = image }] },
                },
            },
        });

    public static DaemonSet WithSpec(this DaemonSet set, Func<DaemonSetSpec, DaemonSetSpec> change) =>
        set with { Spec = change(set.Spec) };

    public static DaemonSet WithPod(this DaemonSet set, Func<PodSpec, PodSpec> change) => set.WithSpec(spec => spec with
    {
        Template = spec.Template with { Spec = change(spec.Template.Spec) },
    });

    public static DaemonSet WithImage(this DaemonSet set, string image) =>
        set.WithPod(spec => spec with { Containers = [spec.Containers[0] with { Image = image }] });
}
