using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>Guarantee G7 on the real thing: the bounds of a rollout hold after every event of the watch.</summary>
public sealed class RolloutTests(SharedCluster shared)
{
    public static TheoryData<int, string, string, int, int> Bounds => new()
    {
        // replicas, maxSurge, maxUnavailable, pods at most, available at least
        { 3, "1", "0", 4, 3 },
        { 3, "0", "1", 3, 2 },
        { 4, "25%", "25%", 5, 3 },
        { 3, "34%", "0%", 5, 3 },
    };

    [Theory]
    [MemberData(nameof(Bounds))]
    public async Task A_changed_image_rolls_within_its_bounds_at_every_instant(
        int replicas, string surge, string unavailable, int podsMax, int availableMin)
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Deployment("web", replicas, spec: Strategy(surge, unavailable)));
        await space.Kubectl.RolledOutAsync("web");
        await using var watch = await PodWatch.StartAsync(space);
        await space.Kubectl.OkAsync("set", "image", "deployment/web", "main=nginx:1.25.3");
        await space.Kubectl.RolledOutAsync("web");
        await Eventually.HoldsAsync("the watch to see only new pods", () =>
            watch.Instants[^1] is var last && last.Count(pod => pod.Available) == replicas
            && last.Where(pod => pod.Active).All(pod => pod.Image == "nginx:1.25.3"));
        AssertBounds(watch, podsMax, availableMin);
    }

    [Fact]
    public async Task A_bad_image_stalls_at_the_bound_and_undo_recovers()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Deployment("web", 3, spec: Strategy("1", "0")));
        await space.Kubectl.RolledOutAsync("web");

        // On a busy machine a good rollout may take longer than this one is to be waited for.
        await DeadlineAsync(space, seconds: 5);
        await using var watch = await PodWatch.StartAsync(space);
        await space.Kubectl.OkAsync("set", "image", "deployment/web", "main=nginx:no-such-tag");
        (await space.Kubectl.RunAsync(
            ["rollout", "status", "deployment/web", "--timeout=60s"], "", TimeSpan.FromSeconds(90)))
            .Fails("exceeded its progress deadline");
        var stuck = await Eventually.BecomesAsync("the reason of the waiting container", () =>
            space.Kubectl.OkAsync("get", "pods"),
            output => output.Text.Contains("ImagePullBackOff") || output.Text.Contains("ErrImagePull"));
        stuck.Says("Running");
        Assert.Equal("3", await space.Kubectl.PathAsync("deployment/web", ".status.availableReplicas"));
        await space.Kubectl.DescribesAsync(["deployment", "web"], "ProgressDeadlineExceeded");

        await DeadlineAsync(space, seconds: 600);
        await space.Kubectl.OkAsync("rollout", "undo", "deployment/web");
        await space.Kubectl.RolledOutAsync("web");
        await Eventually.HoldsAsync("only the good pods", () =>
            watch.Instants[^1].Count == 3 && watch.Instants[^1].All(pod => pod.Image == "nginx:1.25"));
        AssertBounds(watch, podsMax: 4, availableMin: 3);
    }

    [Fact]
    public async Task A_rollout_waits_for_readiness()
    {
        await using var space = await shared.NewSpaceAsync();
        const string probe = "readinessProbe:\n  exec: {command: [test, -e, /tmp/ready]}\n  periodSeconds: 1\n";
        await space.Kubectl.CreateAsync(Manifests.Deployment("web", 2, spec: Strategy("1", "0")));
        await space.Kubectl.RolledOutAsync("web");
        await using var watch = await PodWatch.StartAsync(space);
        await space.Kubectl.ApplyAsync(
            Manifests.Deployment("web", 2, "nginx:1.25.3", probe, Strategy("1", "0")));
        await Eventually.HoldsAsync("the new pod to run, unready", () => watch.Instants[^1].Any(pod =>
            pod is { Image: "nginx:1.25.3", Phase: "Running", Ready: false }));
        (await space.Kubectl.RunAsync("rollout", "status", "deployment/web", "--timeout=3s")).Fails();
        Assert.Equal("2", await space.Kubectl.PathAsync("deployment/web", ".status.availableReplicas"));
        AssertBounds(watch, podsMax: 3, availableMin: 2);
        await space.Kubectl.OkAsync("rollout", "undo", "deployment/web");
        await space.Kubectl.RolledOutAsync("web");
    }

    [Fact]
    public async Task Recreate_ends_the_old_pods_before_the_new_ones()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Deployment("web", 2, spec: "strategy: {type: Recreate}\n"));
        await space.Kubectl.RolledOutAsync("web");
        await using var watch = await PodWatch.StartAsync(space);
        await space.Kubectl.OkAsync("set", "image", "deployment/web", "main=nginx:1.25.3");
        await space.Kubectl.RolledOutAsync("web");
        await Eventually.HoldsAsync("the new pods to be seen", () =>
            watch.Instants[^1].Count(pod => pod is { Available: true, Image: "nginx:1.25.3" }) == 2);
        // Pods whose containers have ended are no longer in the way, as in Kubernetes.
        Assert.DoesNotContain(watch.Instants, pods => pods.Where(pod => pod.Phase is not ("Succeeded" or "Failed"))
            .Select(pod => pod.Image).Distinct().Count() > 1);
    }

    [Fact]
    public async Task Old_revisions_are_kept_up_to_their_limit()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Deployment("web", 1, spec: "revisionHistoryLimit: 1\n"));
        foreach (var color in new[] { "red", "green", "blue" })
        {
            await space.Kubectl.OkAsync("set", "env", "deployment/web", $"COLOR={color}");
            await space.Kubectl.RolledOutAsync("web");
        }
        await Eventually.BecomesAsync("one old ReplicaSet beside the current one", async () =>
            (await space.Kubectl.OkAsync("get", "rs", "-o", "name")).Lines, lines => lines.Count == 2);
    }

    private static Task DeadlineAsync(Space space, int seconds) => space.Kubectl.OkAsync(
        "patch", "deployment", "web", "-p", $"{{\"spec\":{{\"progressDeadlineSeconds\":{seconds}}}}}");

    private static string Strategy(string surge, string unavailable) =>
        $"strategy:\n  type: RollingUpdate\n  rollingUpdate: {{maxSurge: {surge}, maxUnavailable: {unavailable}}}\n";

    private static void AssertBounds(PodWatch watch, int podsMax, int availableMin)
    {
        var broken = watch.Instants.Index().FirstOrDefault(each =>
            each.Item.Count(pod => pod.Active) > podsMax || each.Item.Count(pod => pod.Available) < availableMin);
        Assert.True(broken.Item is null,
            $"after event {broken.Index}: {broken.Item?.Count(pod => pod.Active)} pods (at most {podsMax}), "
            + $"{broken.Item?.Count(pod => pod.Available)} available (at least {availableMin})\n{watch.Transcript}");
    }
}
