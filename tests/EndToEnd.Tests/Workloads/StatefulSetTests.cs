using ActorOrchestrator.EndToEnd.Tests.Harness;
using ActorOrchestrator.EndToEnd.Tests.Verbs;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>StatefulSets on real containers, as users of kubectl see them.</summary>
public sealed class StatefulSetTests(SharedCluster shared)
{
    private const string Claims =
        """
        volumeClaimTemplates:
          - metadata: {name: data, labels: {disk: fast} }
            spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi} } }
        """;

    private static string Manifest(int replicas, string image = "nginx:1.25", string spec = "") => $$"""
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: web}
        spec:
          replicas: {{replicas}}
          serviceName: hosts
          {{spec}}
          selector: {matchLabels: {app: web} }
          template:
            metadata: {labels: {app: web} }
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: main, image: "{{image}}"}]
        """;

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Its_pods_have_names_it_is_scaled_rolled_undone_and_deleted(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifest(2));
        await RolledOutAsync(kubectl, 2);
        (await kubectl.OkAsync("get", "sts", "-o", "wide")).Says("READY", "2/2", "main", "nginx:1.25");
        (await kubectl.OkAsync("exec", "web-1", "--", "hostname")).Says("web-1");
        Assert.Equal("web-1 1 hosts", await kubectl.PathAsync(
            "pod/web-1", ".metadata.labels.statefulset\\.kubernetes\\.io/pod-name} "
                + "{.metadata.labels.apps\\.kubernetes\\.io/pod-index} {.spec.subdomain"));
        await kubectl.DescribesAsync(
            ["sts", "web"],
            "Replicas:", "2 desired | 2 total", "Update Strategy:", "RollingUpdate", "Partition:", "Pods Status:",
            "2 Running", "SuccessfulCreate", "create Pod web-0 in StatefulSet web successful");
        await kubectl.DescribesAsync(["pod", "web-0"], "Controlled By:  StatefulSet/web");

        (await kubectl.OkAsync("scale", "sts/web", "--replicas=3")).Says("statefulset.apps/web scaled");
        await RolledOutAsync(kubectl, 3);
        await kubectl.OkAsync("scale", "sts/web", "--replicas=1");
        await PodsAsync(kubectl, "web-0");
        await kubectl.OkAsync("scale", "sts/web", "--replicas=2");
        await RolledOutAsync(kubectl, 2);

        await kubectl.OkAsync("set", "image", "sts/web", "main=nginx:1.25.3");
        await ImagesAsync(kubectl, "nginx:1.25.3 nginx:1.25.3");
        await RolledOutAsync(kubectl, 2);
        (await kubectl.OkAsync("rollout", "history", "sts/web")).Says("REVISION", "1 ", "2 ");
        (await kubectl.OkAsync("rollout", "history", "sts/web", "--revision=1")).Says("nginx:1.25");
        (await kubectl.OkAsync("rollout", "undo", "sts/web")).Says("statefulset.apps/web rolled back");
        await ImagesAsync(kubectl, "nginx:1.25 nginx:1.25");
        await RolledOutAsync(kubectl, 2);
        (await kubectl.OkAsync("get", "controllerrevisions")).Says("statefulset.apps/web", "3");
        (await kubectl.OkAsync("rollout", "restart", "sts/web")).Says("statefulset.apps/web restarted");
        await RolledOutAsync(kubectl, 2);
        (await kubectl.RunAsync("rollout", "pause", "sts/web")).Fails("pausing is not supported");

        await kubectl.OkAsync("delete", "sts", "web");
        await PodsAsync(kubectl, "");
        await GoneAsync(kubectl, "controllerrevisions");
    }

    [Fact]
    public async Task A_broken_revision_holds_up_the_rollout_says_so_and_undo_alone_mends_it()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifest(2));
        await RolledOutAsync(kubectl, 2);
        await kubectl.OkAsync("set", "image", "sts/web", "main=nginx:none");
        await ImagesAsync(kubectl, "nginx:1.25 nginx:none");
        await Eventually.BecomesAsync(
            "the set to say what it waits for",
            () => kubectl.PathAsync("sts/web", ".status.conditions[?(@.type=='Waiting')].message"),
            message => message.StartsWith("web-1 is not ready", StringComparison.Ordinal));
        await Eventually.BecomesAsync(
            "an Event that says so", () => kubectl.OkAsync("describe", "sts", "web"),
            output => output.Text.Contains("PodNotReady", StringComparison.Ordinal));

        (await kubectl.OkAsync("rollout", "undo", "sts/web")).Says("rolled back");
        await ImagesAsync(kubectl, "nginx:1.25 nginx:1.25");
        await RolledOutAsync(kubectl, 2);
        Assert.Equal("", await kubectl.PathAsync("sts/web", ".status.conditions"));
    }

    [Fact]
    public async Task A_partition_tries_a_template_on_the_last_pods_and_orphans_are_adopted()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifest(3, spec: "podManagementPolicy: Parallel"));
        await RolledOutAsync(kubectl, 3);
        await kubectl.OkAsync(
            "patch", "sts", "web", "-p", "{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"partition\":2}}}}");
        await kubectl.OkAsync("set", "image", "sts/web", "main=nginx:1.25.3");
        await ImagesAsync(kubectl, "nginx:1.25 nginx:1.25 nginx:1.25.3");
        (await StatusAsync(kubectl)).Says("partitioned roll out complete: 1 new pods have been updated");
        await kubectl.OkAsync("delete", "pod", "web-0");
        await ImagesAsync(kubectl, "nginx:1.25 nginx:1.25 nginx:1.25.3");

        var uids = await UidsAsync(kubectl);
        await kubectl.OkAsync("delete", "sts", "web", "--cascade=orphan");
        await GoneAsync(kubectl, "sts");
        Assert.Equal(uids, await UidsAsync(kubectl));
        await kubectl.CreateAsync(Manifest(
            3, "nginx:1.25.3", "updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 100%} }"));
        await ImagesAsync(kubectl, "nginx:1.25.3 nginx:1.25.3 nginx:1.25.3");
        await RolledOutAsync(kubectl, 3);
        Assert.Equal(uids.Split(' ')[2], (await UidsAsync(kubectl)).Split(' ')[2]);
    }

    [Fact]
    public async Task Claims_come_before_their_pods_which_say_that_they_cannot_be_mounted_and_go_as_the_policy_says()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        (await kubectl.CreateAsync(Manifest(1, spec: $"{Claims.ReplaceLineEndings("\n  ")}\n"
            + "  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}"))).Says(
            "spec.volumeClaimTemplates: is not honoured: the claims are made, but nodes cannot mount them");
        await Eventually.BecomesAsync(
            "the pod to say what it waits for", () => kubectl.RunAsync("describe", "pod", "web-0"),
            output => output.Text.Contains("FailedMount", StringComparison.Ordinal)
                && output.Text.Contains(
                    "persistentvolumeclaim \"data-web-0\": this node cannot mount", StringComparison.Ordinal));
        Assert.Equal("web fast ", await kubectl.PathAsync(
            "pvc/data-web-0", ".metadata.labels.app} {.metadata.labels.disk} {.metadata.ownerReferences[*].kind"));

        await kubectl.OkAsync("scale", "sts", "web", "--replicas=0");
        await GoneAsync(kubectl, "pods,pvc");
        await kubectl.OkAsync("scale", "sts", "web", "--replicas=1");
        await PodsAsync(kubectl, "web-0");
        await KeepersAsync(kubectl, "");
        await RetainAsync(kubectl, whenDeleted: "Delete");
        await KeepersAsync(kubectl, "StatefulSet");
        await RetainAsync(kubectl, whenDeleted: "Retain");
        await KeepersAsync(kubectl, "");
        await kubectl.OkAsync("delete", "sts", "web");
        await GoneAsync(kubectl, "pods");
        (await kubectl.OkAsync("get", "pvc")).Says("data-web-0");
    }

    [Fact]
    public async Task A_killed_server_goes_on_with_an_ordered_rollout_and_makes_no_pod_twice()
    {
        await using var cluster = await Cluster.StartAsync();
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifest(3, spec: "minReadySeconds: 2"));
        await RolledOutAsync(kubectl, 3);
        await kubectl.OkAsync("set", "image", "sts/web", "main=nginx:1.25.3");
        await Eventually.BecomesAsync(
            "the last pod to be replaced", () => ReadImagesAsync(kubectl),
            images => images.StartsWith("nginx:1.25 ", StringComparison.Ordinal)
                && images.EndsWith(" nginx:1.25.3", StringComparison.Ordinal));
        await cluster.KillServerAsync();
        await cluster.StartServerAsync();

        await ImagesAsync(kubectl, "nginx:1.25.3 nginx:1.25.3 nginx:1.25.3");
        await RolledOutAsync(kubectl, 3);
        var made = (await kubectl.PathAsync("pods", ".items[*].metadata.creationTimestamp")).Split(' ');
        Assert.Equal(made.OrderDescending(StringComparer.Ordinal), made);
        await Eventually.BecomesAsync(
            "three containers and their sandboxes", async () => (await cluster.CtrAsync("tasks", "ls")).Ok().Lines,
            lines => lines.Count(line => line.Contains("RUNNING", StringComparison.Ordinal)) == 6);
    }

    private static async Task RolledOutAsync(Kubectl kubectl, int replicas)
    {
        await Eventually.BecomesAsync(
            "the set to be looked at",
            () => kubectl.PathAsync("sts/web", ".metadata.generation} {.status.observedGeneration"),
            generations => generations.Split(' ') is [var wanted, var seen] && wanted == seen);
        (await StatusAsync(kubectl)).Ok();
        await Eventually.BecomesAsync(
            $"{replicas} pods, all of one revision",
            () => kubectl.PathAsync(
                "sts/web", ".status.replicas} {.status.readyReplicas} {.status.updatedReplicas} "
                    + "{.status.currentRevision} {.status.updateRevision"),
            status => status.Split(' ') is [var all, var ready, var updated, var current, var update]
                && (all, ready, updated, current) == ($"{replicas}", $"{replicas}", $"{replicas}", update));
    }

    private static Task<Output> RetainAsync(Kubectl kubectl, string whenDeleted) => kubectl.OkAsync(
        "patch", "sts", "web", "-p",
        $"{{\"spec\":{{\"persistentVolumeClaimRetentionPolicy\":{{\"whenDeleted\":\"{whenDeleted}\"}}}}}}");

    private static Task KeepersAsync(Kubectl kubectl, string kinds) => Eventually.BecomesAsync(
        $"the claim's owner '{kinds}'",
        () => kubectl.PathAsync("pvc/data-web-0", ".metadata.ownerReferences[*].kind"), seen => seen == kinds);

    private static Task<Output> StatusAsync(Kubectl kubectl) => kubectl.RunAsync(
        ["rollout", "status", "sts/web", "--timeout=90s"], "", TimeSpan.FromSeconds(120));

    private static Task<string> ReadImagesAsync(Kubectl kubectl) =>
        kubectl.PathAsync("pods", ".items[*].spec.containers[0].image");

    private static Task ImagesAsync(Kubectl kubectl, string images) => Eventually.BecomesAsync(
        images, () => ReadImagesAsync(kubectl), seen => seen == images);

    private static Task<string> UidsAsync(Kubectl kubectl) => kubectl.PathAsync("pods", ".items[*].metadata.uid");

    private static Task PodsAsync(Kubectl kubectl, string names) => Eventually.BecomesAsync(
        $"only the pods {names}", () => kubectl.PathAsync("pods", ".items[*].metadata.name"), seen => seen == names);

    private static Task GoneAsync(Kubectl kubectl, string kinds) => Eventually.BecomesAsync(
        $"no {kinds}", async () => (await kubectl.OkAsync("get", kinds, "-o", "name")).Lines,
        lines => lines.Count == 0);
}
