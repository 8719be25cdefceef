using System.Net;
using ActorOrchestrator.EndToEnd.Tests.Harness;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace ActorOrchestrator.EndToEnd.Tests.Clients;

/// <summary>
/// The official C# client: typed requests, watches of its own making, and models that read every answer.
/// </summary>
public sealed class CSharpClientTests(SharedCluster shared)
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task ConfigMaps_are_created_read_listed_patched_replaced_and_deleted()
    {
        using var deadline = new CancellationTokenSource(Bound);
        var until = deadline.Token;
        await using var space = await shared.NewSpaceAsync();
        using var client = ClientOf(space);
        var core = client.CoreV1;
        var map = new V1ConfigMap
        {
            Metadata = new V1ObjectMeta { Name = "settings", Labels = new Dictionary<string, string> { ["a"] = "b" } },
            Data = new Dictionary<string, string> { ["colour"] = "blue" },
            BinaryData = new Dictionary<string, byte[]> { ["raw"] = [0, 255] },
        };

        var created = await core.CreateNamespacedConfigMapAsync(map, space.Name, cancellationToken: until);
        Assert.Equal((space.Name, "settings", true),
            (created.Namespace(), created.Name(), Guid.TryParse(created.Uid(), out _)));
        var taken = await FailsAsync(() =>
            core.CreateNamespacedConfigMapAsync(map, space.Name, cancellationToken: until));
        Assert.Equal((HttpStatusCode.Conflict, "AlreadyExists"), taken);

        var listed = await core.ListNamespacedConfigMapAsync(
            space.Name, labelSelector: "a=b", cancellationToken: until);
        Assert.Equal([0, 255], Assert.Single(listed.Items).BinaryData["raw"]);

        var patch = new V1Patch("""{"data":{"colour":"red","size":"9"}}""", V1Patch.PatchType.MergePatch);
        var patched = await core.PatchNamespacedConfigMapAsync(patch, "settings", space.Name, cancellationToken: until);
        Assert.Equal(("red", "9"), (patched.Data["colour"], patched.Data["size"]));

        created.Data["colour"] = "green";
        var stale = await FailsAsync(() =>
            core.ReplaceNamespacedConfigMapAsync(created, "settings", space.Name, cancellationToken: until));
        Assert.Equal((HttpStatusCode.Conflict, "Conflict"), stale);
        patched.Data["colour"] = "green";
        await core.ReplaceNamespacedConfigMapAsync(patched, "settings", space.Name, cancellationToken: until);
        var read = await core.ReadNamespacedConfigMapAsync("settings", space.Name, cancellationToken: until);
        Assert.Equal("green", read.Data["colour"]);

        var gone = await core.DeleteNamespacedConfigMapAsync("settings", space.Name, cancellationToken: until);
        Assert.Equal("Success", gone.Status);
        Assert.Equal((HttpStatusCode.NotFound, "NotFound"), await FailsAsync(() =>
            core.ReadNamespacedConfigMapAsync("settings", space.Name, cancellationToken: until)));
    }

    [Fact]
    public async Task A_pod_is_watched_from_its_creation_to_its_end_and_its_log_is_read()
    {
        using var deadline = new CancellationTokenSource(Bound);
        var until = deadline.Token;
        await using var space = await shared.NewSpaceAsync();
        using var client = ClientOf(space);
        var core = client.CoreV1;
        var start = (await core.ListNamespacedPodAsync(space.Name, cancellationToken: until)).ResourceVersion();
        var watched = WatchUntilDeletedAsync(client, space.Name, start, until);

        await core.CreateNamespacedPodAsync(
            Pod("talker", "echo one; echo two; exec sleep 1000"), space.Name, cancellationToken: until);
        await Eventually.BecomesAsync(
            "the pod to run",
            () => core.ReadNamespacedPodAsync("talker", space.Name, cancellationToken: until),
            pod => pod.Status.Phase == "Running");
        await Eventually.BecomesAsync(
            "the log to have two lines", () => LogAsync(core, space.Name, until), log => log == "one\ntwo\n");

        var leaving = await core.DeleteNamespacedPodAsync(
            "talker", space.Name, gracePeriodSeconds: 1, cancellationToken: until);
        Assert.NotNull(leaving.Metadata.DeletionTimestamp);
        var events = await watched;
        Assert.Equal((WatchEventType.Added, WatchEventType.Deleted), (events[0].Type, events[^1].Type));
        Assert.All(events[1..^1], each => Assert.Equal(WatchEventType.Modified, each.Type));
        Assert.Contains(events, each => each.Pod.Status.Phase == "Running");
    }

    [Fact]
    public async Task A_deployment_rolls_out_scales_and_goes_with_its_pods()
    {
        using var deadline = new CancellationTokenSource(Bound);
        var until = deadline.Token;
        await using var space = await shared.NewSpaceAsync();
        using var client = ClientOf(space);
        var apps = client.AppsV1;
        var created = await apps.CreateNamespacedDeploymentAsync(Web(), space.Name, cancellationToken: until);
        Assert.Equal("RollingUpdate", created.Spec.Strategy.Type);
        Assert.Equal("25%", created.Spec.Strategy.RollingUpdate.MaxSurge.Value);
        await ReadyAsync(1);

        var patch = new V1Patch("""{"spec":{"replicas":2}}""", V1Patch.PatchType.StrategicMergePatch);
        await apps.PatchNamespacedDeploymentScaleAsync(patch, "web", space.Name, cancellationToken: until);
        await ReadyAsync(2);
        Assert.Equal("web", Assert.Single((await apps.ListNamespacedDeploymentAsync(
            space.Name, cancellationToken: until)).Items).Name());

        await apps.DeleteNamespacedDeploymentAsync(
            "web", space.Name, propagationPolicy: "Foreground", cancellationToken: until);
        await Eventually.BecomesAsync(
            "the pods to be gone",
            async () => (await client.CoreV1.ListNamespacedPodAsync(
                space.Name, cancellationToken: until)).Items.Count,
            count => count == 0);

        Task ReadyAsync(int replicas) => Eventually.BecomesAsync(
            $"{replicas} ready replicas",
            async () => (await apps.ReadNamespacedDeploymentStatusAsync(
                "web", space.Name, cancellationToken: until)).Status.ReadyReplicas ?? 0,
            ready => ready == replicas);
    }

    private static Kubernetes ClientOf(Space space) =>
        new(KubernetesClientConfiguration.BuildConfigFromConfigFile(space.Cluster.Kubeconfig));

    private static async Task<List<(WatchEventType Type, V1Pod Pod)>> WatchUntilDeletedAsync(
        Kubernetes client, string space, string resourceVersion, CancellationToken cancellation)
    {
        var events = new List<(WatchEventType, V1Pod)>();
        var watch = client.CoreV1.WatchListNamespacedPodAsync(
            space, resourceVersion: resourceVersion, cancellationToken: cancellation);
        await foreach (var (type, pod) in watch.WithCancellation(cancellation))
        {
            events.Add((type, pod));
            if (type == WatchEventType.Deleted)
            {
                break;
            }
        }
        return events;
    }

    private static async Task<string> LogAsync(ICoreV1Operations core, string space, CancellationToken cancellation)
    {
        await using var log = await core.ReadNamespacedPodLogAsync("talker", space, cancellationToken: cancellation);
        using var reader = new StreamReader(log);
        return await reader.ReadToEndAsync(cancellation);
    }

    /// <returns>How the request failed: the code, and the reason of the Status.</returns>
    private static async Task<(HttpStatusCode, string)> FailsAsync(Func<Task> request)
    {
        var failure = await Assert.ThrowsAsync<HttpOperationException>(request);
        return (failure.Response.StatusCode, KubernetesJson.Deserialize<V1Status>(failure.Response.Content).Reason);
    }

    private static V1Pod Pod(string name, string script) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1PodSpec
        {
            Containers = [new V1Container { Name = "main", Image = "busybox:1.35", Command = ["sh", "-c", script] }],
        },
    };

    private static V1Deployment Web()
    {
        var labels = new Dictionary<string, string> { ["app"] = "web" };
        return new V1Deployment
        {
            Metadata = new V1ObjectMeta { Name = "web" },
            Spec = new V1DeploymentSpec
            {
                Selector = new V1LabelSelector { MatchLabels = labels },
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = labels },
                    Spec = Pod("web", "exec sleep 1000").Spec,
                },
            },
        };
    }
}
