using System.Globalization;
using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Faults;

/// <summary>Somebody sets the clock of a running machine: it is no reason to touch a pod or to stop working.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Leap = TimeSpan.FromHours(1);

    /// <summary>Long enough for a node to be given up for silent, and for its pods to be marked.</summary>
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(15);

    /// <summary>Work that waits for timers is done within this, not after an hour.</summary>
    private static readonly TimeSpan WorkBound = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData(+1)]
    [InlineData(-1)]
    public async Task When_the_clock_is_set_by_an_hour_pods_stay_and_work_goes_on(int direction)
    {
        using var clock = new FalseClock();
        await using var cluster = await Cluster.StartAsync(new() { Environment = clock.Environment });
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifests.Deployment("web", 2, spec: "minReadySeconds: 3\n"));
        await kubectl.RolledOutAsync("web");
        var before = await RunningAsync(kubectl);
        var version = await VersionAsync(kubectl);
        await kubectl.CreateAsync(Manifests.ConfigMap("before", ("a", "1")));
        var machine = await CreatedAsync(kubectl, "before");

        clock.Set(direction * Leap);
        await AssertLeapSeenAsync(cluster);
        await using var nodes = kubectl.Follow("get", "nodes", "-w", "--no-headers");
        await Task.Delay(Watched, TestContext.Current.CancellationToken);
        Assert.All(nodes.Lines, line => Assert.Contains(" Ready ", line, StringComparison.Ordinal));
        Assert.Equal(before, await RunningAsync(kubectl));

        await kubectl.CreateAsync(Manifests.ConfigMap("after", ("a", "1")));
        Assert.True(await VersionAsync(kubectl) > version, "the resourceVersion did not grow");
        var told = await CreatedAsync(kubectl, "after") - machine;
        Assert.True(direction < 0 ? told >= TimeSpan.Zero : told >= Leap, $"the time went on by {told}");
        await AssertWorksAsync(kubectl, before);
        await AssertStaysAfterRestartAsync(cluster, kubectl);
    }

    /// <summary>Rollouts with minReadySeconds, restarts with back-off and the removal of namespaces wait for timers.
    /// </summary>
    private static async Task AssertWorksAsync(Kubectl kubectl, IReadOnlyList<string> before)
    {
        await kubectl.OkAsync("set", "image", "deployment/web", "main=nginx:1.25.3");
        await kubectl.RolledOutAsync("web", (int)WorkBound.TotalSeconds);
        await Eventually.BecomesAsync("two new pods and no old one", () => RunningAsync(kubectl),
            now => now.Count == 2 && !now.Intersect(before).Any(), WorkBound);

        await kubectl.CreateAsync(Manifests.Pod("crash", "sleep 1; exit 3"));
        await Eventually.BecomesAsync("a second restart", () => kubectl.PathAsync(
            "pod/crash", ".status.containerStatuses[0].restartCount"), count => count is not ("" or "0" or "1"),
            WorkBound);
        await kubectl.OkAsync("delete", "pod", "crash");
        await kubectl.OkAsync("create", "namespace", "short");
        await kubectl.In("short").CreateAsync(Manifests.Pod("inside", "exec sleep 1000"));
        (await kubectl.RunAsync(["delete", "namespace", "short"], "", WorkBound)).Ok();
    }

    /// <summary>The new process starts with the machine's time, whatever times it finds in the log.</summary>
    private static async Task AssertStaysAfterRestartAsync(Cluster cluster, Kubectl kubectl)
    {
        var before = await RunningAsync(kubectl);
        await cluster.KillServerAsync();
        await cluster.StartServerAsync();
        await kubectl.RolledOutAsync("web", (int)WorkBound.TotalSeconds);
        await kubectl.WaitAsync("node", "condition=Ready", (int)WorkBound.TotalSeconds, "--all");
        Assert.Equal(before, await RunningAsync(kubectl));
        await kubectl.OkAsync("scale", "deployment/web", "--replicas=3");
        await Eventually.BecomesAsync("three pods", () => RunningAsync(kubectl), now => now.Count == 3, WorkBound);
        Assert.Subset((await RunningAsync(kubectl)).ToHashSet(), before.ToHashSet());
    }

    /// <summary>Otherwise the test would prove nothing.</summary>
    private static Task AssertLeapSeenAsync(Cluster cluster) => Eventually.HoldsAsync(
        "the server to notice that the clock leapt", () => cluster.LogTail(1000).Contains("clock leapt by"), WorkBound);

    private static async Task<IReadOnlyList<string>> RunningAsync(Kubectl kubectl) =>
        [.. (await kubectl.OkAsync("get", "pods", "-l", "app=web", "-o", "jsonpath={range .items[*]}{.metadata.uid} "
            + "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount} "
            + "{.metadata.deletionTimestamp}{.status.conditions[?(@.type==\"Ready\")].status}{\"\\n\"}{end}"))
            .Lines.Order(StringComparer.Ordinal)];

    private static async Task<long> VersionAsync(Kubectl kubectl) => long.Parse(
        JsonNode.Parse((await kubectl.OkAsync("get", "--raw", "/api/v1/namespaces/default/configmaps")).Text)!
            ["metadata"]!["resourceVersion"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    private static async Task<DateTimeOffset> CreatedAsync(Kubectl kubectl, string name) => DateTimeOffset.Parse(
        await kubectl.PathAsync($"configmap/{name}", ".metadata.creationTimestamp"), CultureInfo.InvariantCulture);
}
