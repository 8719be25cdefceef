using ActorOrchestrator.Agent.Statics;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Agent.Tests.Statics;

public sealed class StaticManifestTests
{
    private const string Containers = "containers: [{name: app, image: 'app:1'}]";

    [Fact]
    public void A_manifest_becomes_a_pod_of_the_node()
    {
        var pod = StaticManifest.Read(Of("web", Containers), "n1");

        Assert.Equal(("web-n1", "default", "n1"), (pod.Metadata.Name, pod.Metadata.Namespace, pod.Spec.NodeName));
        Assert.Equal(32, pod.Metadata.Uid!.Length);
        Assert.Equal(pod.Metadata.Uid, pod.Metadata.Annotations["kubernetes.io/config.hash"]);
        Assert.Equal("file", pod.Metadata.Annotations["kubernetes.io/config.source"]);
        Assert.Equal(
            ("Exists", "NoExecute"), (pod.Spec.Tolerations[^1].Operator, pod.Spec.Tolerations[^1].Effect));
        Assert.Equal("Always", pod.Spec.RestartPolicy);
        Assert.True(StaticPods.IsStatic(pod));
        Assert.False(StaticPods.IsMirror(pod));
    }

    [Fact]
    public void Json_says_the_same_and_another_text_is_another_pod()
    {
        const string Json = """
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
             "spec": {"containers": [{"name": "app", "image": "app:1"}]}}
            """;
        var uid = StaticManifest.Read(Of("web", Containers), "n1").Metadata.Uid;

        Assert.Equal(uid, StaticManifest.Read(Json, "n1").Metadata.Uid);
        Assert.NotEqual(uid, StaticManifest.Read(Json, "n2").Metadata.Uid);
        Assert.NotEqual(uid, StaticManifest.Read(Of("web", Containers.Replace(":1", ":2")), "n1").Metadata.Uid);
    }

    [Theory]
    [InlineData("serviceAccountName: robot", "serviceaccounts")]
    [InlineData("imagePullSecrets: [{name: s}]", "secrets")]
    [InlineData("volumes: [{name: v, secret: {secretName: s}}]", "secrets")]
    [InlineData("volumes: [{name: v, configMap: {name: c}}]", "configmaps")]
    [InlineData("volumes: [{name: v, projected: {sources: [{secret: {name: s}}]}}]", "secrets")]
    [InlineData("volumes: [{name: v, projected: {sources: [{configMap: {name: c}}]}}]", "configmaps")]
    [InlineData(
        "volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t}}]}}]", "serviceaccount tokens")]
    [InlineData("volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]", "persistentvolumeclaims")]
    [InlineData("initContainers: [{name: i, image: i, envFrom: [{secretRef: {name: s}}]}]", "secrets")]
    [InlineData(
        "initContainers: [{name: i, image: i, env: [{name: E, valueFrom: {configMapKeyRef: {name: c, key: k}}}]}]",
        "configmaps")]
    public void What_needs_the_api_is_refused(string spec, string resource)
    {
        var refused = Assert.Throws<StaticManifestException>(
            () => StaticManifest.Read(Of("web", $"{spec}\n  {Containers}"), "n1"));
        Assert.Equal($"a static pod may not refer to the API: {resource}", refused.Message);
    }

    [Theory]
    [InlineData("kind: [", "error converting YAML to JSON: yaml: line")]
    [InlineData("", "it holds 0 objects")]
    [InlineData("a: 1\n---\nb: 2\n", "it holds 2 objects")]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata: {name: s}\n", "Service")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {}\nspec: {}\n", "a static pod has a name")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: web, finalizers: [a/b]}\n", "nor finalizers")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {}\n", "spec.containers: Required value")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {contaners: []}\n", "unknown field")]
    public void What_is_no_pod_is_refused(string text, string problem) => Assert.Contains(
        problem, Assert.Throws<StaticManifestException>(() => StaticManifest.Read(text, "n1")).Message,
        StringComparison.Ordinal);

    public static string Of(string name, string spec) =>
        $"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  {spec}\n";
}
