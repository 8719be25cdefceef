using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Gateway.Tests.Support;

/// <summary>Objects and bodies that tests start from.</summary>
internal static class Samples
{
    public const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    public const string Pods = "/api/v1/namespaces/default/pods";
    public const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    public const string TableAccept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    public static ConfigMap ConfigMap(string name, string @namespace = "default", params (string, string)[] labels) =>
        new()
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Namespace = @namespace,
                Labels = ValueMap<string>.From(labels.Select(each => KeyValuePair.Create(each.Item1, each.Item2))),
            },
        };

    public static string ConfigMapBody(string name, string value = "1") =>
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"NAME"},"data":{"key":"VALUE"}}"""
            .Replace("NAME", name, StringComparison.Ordinal).Replace("VALUE", value, StringComparison.Ordinal);

    public static string DeploymentBody(string name) =>
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME"},"spec":{"replicas":2,
        "selector":{"matchLabels":{"app":"NAME"}},"template":{"metadata":{"labels":{"app":"NAME"}},
        "spec":{"containers":[{"name":"c","image":"i"}]}}}}
        """.Replace("NAME", name, StringComparison.Ordinal);

    public static Pod Pod(string name, params string[] containers) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new PodSpec
        {
            NodeName = "n1",
            Containers = containers.Select(each => new Container { Name = each, Image = "i" }).ToValueList(),
        },
    };
}
