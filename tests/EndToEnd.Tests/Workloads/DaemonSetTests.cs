using ActorOrchestrator.EndToEnd.Tests.Harness;
using ActorOrchestrator.EndToEnd.Tests.Verbs;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>DaemonSets on real containers. The node is everybody's, so each test's pods are drawn there by a label of
/// its own.</summary>
public sealed class DaemonSetTests(SharedCluster shared)
{
    private static string Manifest(string label, string image = "nginx:1.25", string spec = "") => $$"""
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: logs}
        spec:
          {{spec}}
          selector: {matchLabels: {app: logs} }
          template:
            metadata: {labels: {app: logs} }
            spec:
              nodeSelector: {{{label}}: "yes"}
              terminationGracePeriodSeconds: 1
              containers: [{name: main, image: "{{image}}"}]
        """;

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task It_follows_the_nodes_labels_rolls_is_undone_and_deleted_with_its_pods(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        var (node, label) = (await NodeAsync(kubectl), $"daemon-{space.Name}");
        await kubectl.CreateAsync(Manifest(label));
        await ShowsAsync(kubectl, ".status.observedGeneration", "1");
        (await kubectl.OkAsync("get", "pods")).Says("No resources found");

        await kubectl.OkAsync("label", "node", node, $"{label}=yes");
        await RolledOutAsync(kubectl);
        (await kubectl.OkAsync("get", "ds", "-o", "wide")).Says(
            "DESIRED", "UP-TO-DATE", "NODE SELECTOR", $"{label}=yes", "main", "app=logs");
        await kubectl.DescribesAsync(
            ["ds", "logs"],
            "Desired Number of Nodes Scheduled: 1", "Number of Nodes Misscheduled: 0", "Pods Status:  1 Running",
            "SuccessfulCreate", "Created pod: logs-");
        await kubectl.DescribesAsync(["pods"], "Controlled By:  DaemonSet/logs", $" {node}/");

        await kubectl.OkAsync("set", "image", "ds/logs", "main=nginx:1.25.3");
        await RolledOutAsync(kubectl);
        await ImageAsync(kubectl, "nginx:1.25.3");
        (await kubectl.OkAsync("rollout", "history", "ds/logs")).Says("REVISION", "1 ", "2 ");
        (await kubectl.OkAsync("rollout", "history", "ds/logs", "--revision=1")).Says("nginx:1.25");
        (await kubectl.OkAsync("rollout", "undo", "ds/logs")).Says("daemonset.apps/logs rolled back");
        await RolledOutAsync(kubectl);
        await ImageAsync(kubectl, "nginx:1.25");
        (await kubectl.OkAsync("get", "controllerrevisions")).Says("daemonset.apps/logs", "3");
        (await kubectl.OkAsync("rollout", "restart", "ds/logs")).Says("daemonset.apps/logs restarted");
        await RolledOutAsync(kubectl);

        await kubectl.OkAsync("label", "node", node, $"{label}-");
        await GoneAsync(kubectl, "pods");
        await ShowsAsync(kubectl, ".status.desiredNumberScheduled", "0");
        await kubectl.OkAsync("label", "node", node, $"{label}=yes");
        await RolledOutAsync(kubectl);
        await kubectl.OkAsync("delete", "ds", "logs");
        await GoneAsync(kubectl, "pods,controllerrevisions");
        await kubectl.OkAsync("label", "node", node, $"{label}-");
    }

    [Fact]
    public async Task With_a_surge_the_old_pod_serves_until_the_new_one_is_ready()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        var (node, label) = (await NodeAsync(kubectl), $"daemon-{space.Name}");
        await kubectl.OkAsync("label", "node", node, $"{label}=yes");
        await kubectl.CreateAsync(Manifest(
            label, spec: "updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0} }"));
        await RolledOutAsync(kubectl);
        await using var watch = await PodWatch.StartAsync(space);
        await kubectl.OkAsync("set", "image", "ds/logs", "main=nginx:1.25.3");
        await RolledOutAsync(kubectl);
        await Eventually.HoldsAsync("the watch to see only the new pod", () =>
            watch.Instants[^1] is [{ Image: "nginx:1.25.3", Available: true }]);
        Assert.All(watch.Instants, pods => Assert.Contains(pods, pod => pod.Available));
        Assert.All(watch.Instants, pods => Assert.InRange(pods.Count(pod => pod.Active), 1, 2));
        await kubectl.OkAsync("label", "node", node, $"{label}-");
    }

    [Fact]
    public async Task A_drain_leaves_daemons_and_a_new_one_comes_to_a_cordoned_node()
    {
        await using var cluster = await Cluster.StartAsync();
        var kubectl = cluster.Kubectl();
        var node = await NodeAsync(kubectl);
        await kubectl.OkAsync("label", "node", node, "daemon=yes");
        await kubectl.CreateAsync(Manifest("daemon"));
        await RolledOutAsync(kubectl);
        (await kubectl.RunAsync("drain", node, "--timeout=5s")).Fails("cannot delete");
        (await kubectl.OkAsync("drain", node, "--ignore-daemonsets", "--timeout=60s")).Says(
            "ignoring DaemonSet-managed");
        var pod = (await kubectl.OkAsync("get", "pods", "-o", "name")).Lines.Single();
        await kubectl.OkAsync("delete", pod);
        await Eventually.BecomesAsync(
            "another pod", async () => (await kubectl.OkAsync("get", "pods", "-o", "name")).Lines,
            lines => lines is [var only] && only != pod);
        await RolledOutAsync(kubectl);
        (await kubectl.OkAsync("get", "nodes")).Says("Ready,SchedulingDisabled");

        await kubectl.OkAsync("taint", "node", node, "maintenance=now:NoExecute");
        await GoneAsync(kubectl, "pods");
        await kubectl.OkAsync("taint", "node", node, "maintenance-");
        await RolledOutAsync(kubectl);
    }

    private static async Task<string> NodeAsync(Kubectl kubectl) =>
        (await kubectl.OkAsync("get", "nodes", "-o", "name")).Text.Trim().Replace("node/", "");

    private static async Task RolledOutAsync(Kubectl kubectl)
    {
        await ShowsAsync(kubectl, ".status.desiredNumberScheduled", "1");
        (await kubectl.RunAsync(
            ["rollout", "status", "ds/logs", "--timeout=90s"], "", TimeSpan.FromSeconds(120))).Ok()
            .Says("successfully rolled out");
    }

    private static Task ImageAsync(Kubectl kubectl, string image) => Eventually.BecomesAsync(
        $"pods of {image} alone", () => kubectl.PathAsync("pods", ".items[*].spec.containers[0].image"),
        seen => seen == image);

    private static Task ShowsAsync(Kubectl kubectl, string path, string value) =>
        Eventually.BecomesAsync($"{path} {value}", () => kubectl.PathAsync("ds/logs", path), shown => shown == value);

    private static Task GoneAsync(Kubectl kubectl, string kinds) => Eventually.BecomesAsync(
        $"no {kinds}", async () => (await kubectl.OkAsync("get", kinds, "-o", "name")).Lines,
        lines => lines.Count == 0);
}
