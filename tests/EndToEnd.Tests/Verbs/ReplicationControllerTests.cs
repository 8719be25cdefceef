using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Verbs;

/// <summary>ReplicationControllers, and what of kubectl asks for them, and for custom resources, whatever one
/// has.</summary>
public sealed class ReplicationControllerTests(SharedCluster shared)
{
    private static string Controller(string name, int replicas) => $$"""
        apiVersion: v1
        kind: ReplicationController
        metadata: {name: {{name}} }
        spec:
          replicas: {{replicas}}
          template:
            metadata: {labels: {app: {{name}} } }
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: main, image: "busybox:1.35", command: [sleep, "1000"]}]
        """;

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task It_makes_pods_is_shown_scaled_and_deleted_with_them(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        (await kubectl.CreateAsync(Controller("web", 2))).Says("replicationcontroller/web created");
        await ReadyAsync(kubectl, 2);
        (await kubectl.OkAsync("get", "rc", "-o", "wide")).Says("DESIRED", "CURRENT", "main", "app=web");
        (await kubectl.OkAsync("get", "all")).Says("replicationcontroller/web", "pod/web-");
        await kubectl.DescribesAsync(
            ["rc", "web"],
            "Replicas:     2 current / 2 desired", "Pods Status:  2 Running / 0 Waiting", "SuccessfulCreate");
        await kubectl.DescribesAsync(["pods"], "Controlled By:  ReplicationController/web");
        (await kubectl.OkAsync("explain", "rc.spec.selector")).Says("finds its pods");
        (await kubectl.OkAsync("scale", "rc/web", "--replicas=3")).Says("replicationcontroller/web scaled");
        await ReadyAsync(kubectl, 3);
        var pod = (await kubectl.OkAsync("get", "pods", "-o", "name")).Lines[0];
        await kubectl.OkAsync("delete", pod);
        await ReadyAsync(kubectl, 3);
        await kubectl.OkAsync("delete", "rc", "web");
        await Eventually.BecomesAsync(
            "no pod", async () => (await kubectl.OkAsync("get", "pods", "-o", "name")).Lines,
            lines => lines.Count == 0);
    }

    [Fact]
    public async Task Apply_prunes_what_is_left_out()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        string[] prune = ["--prune", "-l", "set=one"];
        await kubectl.ApplyAsync(Labelled(Manifests.ConfigMap("a", ("k", "1"))), prune);
        await kubectl.ApplyAsync(Labelled(Controller("web", 0)), "-l", "set=one");
        var pruned = await kubectl.ApplyAsync(Labelled(Manifests.ConfigMap("b", ("k", "1"))), prune);
        pruned.Says("configmap/b created", "configmap/a pruned", "replicationcontroller/web pruned");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task A_dump_of_the_cluster_is_whole(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Controller("web", 1));
        await ReadyAsync(kubectl, 1);
        (await kubectl.OkAsync("cluster-info", "dump", "--namespaces", space.Name)).Says(
            "ReplicationControllerList", "DaemonSetList", "==== START logs for container main of pod");
    }

    [Theory]
    [InlineData(Kubectl.New, "resource mapping not found for name: \"x\" namespace: \"\" from \"STDIN\": "
        + "no matches for kind \"Deploymint\" in version \"apps/v1\"\nensure CRDs are installed first")]
    [InlineData(Kubectl.Old,
        "unable to recognize \"STDIN\": no matches for kind \"Deploymint\" in version \"apps/v1\"")]
    public async Task A_kind_that_is_spelled_wrongly_is_told(string version, string said)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        const string manifest = "apiVersion: apps/v1\nkind: Deploymint\nmetadata:\n  name: x\n";
        (await kubectl.RunAsync(["apply", "-f", "-"], manifest)).Fails(said);
        (await kubectl.RunAsync(["create", "-f", "-"], manifest)).Fails(said);
        (await kubectl.OkAsync("get", "crd")).Says("No resources found");
    }

    private static string Labelled(string manifest) => manifest.Contains("metadata: {", StringComparison.Ordinal)
        ? manifest.Replace("metadata: {name:", "metadata: {labels: {set: one}, name:", StringComparison.Ordinal)
        : manifest.Replace("metadata:", "metadata:\n  labels: {set: one}", StringComparison.Ordinal);

    private static Task ReadyAsync(Kubectl kubectl, int pods) => Eventually.BecomesAsync(
        $"{pods} ready pods", () => kubectl.PathAsync("rc/web", ".status.readyReplicas"), ready => ready == $"{pods}");
}
