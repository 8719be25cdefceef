using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;

namespace ActorOrchestrator.Domain.Tests.Deployments;

/// <summary>Deployments as the gateway hands them over: defaulted and named.</summary>
internal static class DeploymentBuilder
{
    public static readonly EntityKey Key = new("deployments.apps", "default", "web");

    public static Deployment Make(
        int replicas, string image = "v1", string surge = "25%", string unavailable = "25%") =>
        Defaults.Apply(new Deployment
        {
            Metadata = new ObjectMeta { Name = Key.Name, Namespace = Key.Namespace },
            Spec = new DeploymentSpec
            {
                Replicas = replicas,
                RevisionHistoryLimit = 10,
                ProgressDeadlineSeconds = 600,
                Selector = new LabelSelector { MatchLabels = Label("app", "web") },
                Strategy = Rolling(surge, unavailable),
                Template = new PodTemplateSpec
                {
                    Metadata = new ObjectMeta { Labels = Label("app", "web") },
                    Spec = new PodSpec { Containers = [new Container { Name = "main", Image = image }] },
                },
            },
        });

    public static DeploymentStrategy Rolling(string surge, string unavailable) => new()
    {
        Type = "RollingUpdate",
        RollingUpdate = new RollingUpdateDeployment { MaxSurge = Parse(surge), MaxUnavailable = Parse(unavailable) },
    };

    public static Deployment WithImage(this Deployment deployment, string image) => deployment with
    {
        Spec = deployment.Spec with
        {
            Template = deployment.Spec.Template with
            {
                Spec = deployment.Spec.Template.Spec with
                {
                    Containers = [deployment.Spec.Template.Spec.Containers[0] with { Image = image }],
                },
            },
        },
    };

    public static Deployment WithSpec(this Deployment deployment, Func<DeploymentSpec, DeploymentSpec> change) =>
        deployment with { Spec = change(deployment.Spec) };

    public static ValueMap<string> Label(string key, string value) => ValueMap<string>.Empty.With(key, value);

    private static IntOrString Parse(string text) => int.TryParse(text, out var number) ? number : text;
}
