using ActorOrchestrator.EndToEnd.Tests.Harness;
using ActorOrchestrator.EndToEnd.Tests.Members;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>What becomes of a machine's pods when it is about to be shut down.</summary>
public sealed class ShutdownTests
{
    private const string End = ".status.phase} {.status.reason} {.status.message";
    private const string Terminated =
        "Failed Terminated Pod was terminated in response to imminent node shutdown.";

    private static readonly MemberOptions Pair = new()
    {
        Members = 2, CanBeCut = false, Settings = "cluster.strategy = lease-majority",
    };

    [Fact]
    public async Task Ordinary_pods_end_first_then_critical_ones_and_new_ones_are_refused_until_the_next_start()
    {
        await using var cluster = await Cluster.StartAsync();
        var (kubectl, system) = (cluster.Kubectl(), cluster.Kubectl("kube-system"));
        var node = (await kubectl.OkAsync("get", "nodes", "-o", "name")).Text.Trim();
        await kubectl.CreateAsync(Manifests.Pod(
            "slow", "trap \"sleep 3; exit 0\" TERM; while true; do sleep 0.2; done", grace: 15));
        await system.CreateAsync(Manifests.Pod(
            "needed", "trap \"exit 0\" TERM; while true; do sleep 0.2; done",
            spec: "priorityClassName: system-node-critical\n"));
        await kubectl.CreateAsync(Manifests.Deployment("web", 1));
        await kubectl.WaitAsync("pod/slow", "condition=Ready");
        await system.WaitAsync("pod/needed", "condition=Ready");
        await kubectl.RolledOutAsync("web");

        (await ShutDownAsync(cluster.DataDirectory)).Ok().Says("the pods of this machine have ended");
        Assert.Equal(Terminated, await kubectl.PathAsync("pod/slow", End));
        Assert.Equal(Terminated, await system.PathAsync("pod/needed", End));
        Assert.Equal("True TerminationByKubelet", await kubectl.PathAsync(
            "pod/slow", ".status.conditions[?(@.type==\"DisruptionTarget\")]['status','reason']"));
        var ends = new List<string>();
        foreach (var (where, pod) in new[] { (kubectl, "pod/slow"), (system, "pod/needed") })
        {
            ends.Add(await where.PathAsync(pod, ".status.containerStatuses[0].state.terminated.finishedAt"));
        }

        Assert.Equal(ends.Order(StringComparer.Ordinal), ends);
        Assert.DoesNotContain("RUNNING", (await cluster.CtrAsync("tasks", "ls")).Ok().Text);
        Assert.Equal("False KubeletNotReady node is shutting down", await kubectl.PathAsync(
            node, ".status.conditions[?(@.type==\"Ready\")]['status','reason','message']"));
        await kubectl.DescribesAsync([node], "NodeShutdown", "Shutdown manager detected shutdown event");

        await kubectl.CreateAsync(Manifests.Pod("late", "true", spec: $"nodeName: {node.Split('/')[1]}\n"));
        Assert.Equal(
            "Failed NodeShutdown Pod was rejected: Pod was rejected as the node is shutting down.",
            await Eventually.BecomesAsync("the refusal", () => kubectl.PathAsync("pod/late", End),
                end => end.StartsWith("Failed", StringComparison.Ordinal)));

        await cluster.StopServerAsync();
        await cluster.StartServerAsync();
        await kubectl.WaitAsync(node, "condition=Ready");
        await kubectl.RolledOutAsync("web");
        Assert.Equal(Terminated, await kubectl.PathAsync("pod/slow", End));
    }

    [Fact]
    public async Task It_counts_against_no_job_and_static_pods_run_again()
    {
        var place = Places.NewScratch("shut");
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(place, "web.yaml"), Manifests.Pod("web", "exec sleep 1000"),
                TestContext.Current.CancellationToken);
            await using var cluster = await Cluster.StartAsync(
                new() { MoreArguments = ["--set", $"node.static-pods=\"{place}\""] });
            var kubectl = cluster.Kubectl();
            var web = $"web-{(await kubectl.OkAsync("get", "nodes", "-o", "name")).Text.Trim().Split('/')[1]}";
            await kubectl.CreateAsync(Manifests.Job("moved", "trap \"exit 1\" TERM; while true; do sleep 0.2; done", """
                backoffLimit: 0
                podFailurePolicy:
                  rules:
                  - action: Ignore
                    onPodConditions: [{type: DisruptionTarget}]
                """));
            await ReadyAsync(kubectl, web);

            (await ShutDownAsync(cluster.DataDirectory)).Ok();
            Assert.Equal(Terminated, await kubectl.PathAsync($"pod/{web}", End));
            await cluster.StopServerAsync();
            await cluster.StartServerAsync();
            await ReadyAsync(kubectl, web);
            Assert.Equal(" ", await kubectl.PathAsync("job/moved", ".status.failed} {.status.conditions"));
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }

        static async Task ReadyAsync(Kubectl kubectl, string pod)
        {
            await Eventually.BecomesAsync(
                "the job to run", () => kubectl.PathAsync("job/moved", ".status.ready"), ready => ready == "1");
            await Eventually.BecomesAsync(
                "the static pod to run",
                async () => (await kubectl.RunAsync("get", "pod", pod, "-o", "jsonpath={.status.phase}")).Text,
                phase => phase == "Running");
        }
    }

    [Fact]
    public async Task Other_machines_take_over()
    {
        await using var cluster = await MemberCluster.StartAsync(Pair);
        var (first, other) = (cluster.Members[0], cluster.Members[1]);
        var kubectl = first.Kubectl();
        await kubectl.CreateAsync(Manifests.Deployment(
            "web", 4, image: "busybox:1.35", container: "command: [sleep, \"1000\"]\n"));
        await kubectl.RolledOutAsync("web");
        Assert.Contains("member-1", await NodesAsync(kubectl));

        (await ShutDownAsync(first.DataDirectory)).Ok().Says("the pods of this machine have ended");
        await kubectl.RolledOutAsync("web");
        Assert.Equal(
            Enumerable.Repeat("member-2", 4),
            await Eventually.BecomesAsync("all pods on the other machine", () => NodesAsync(kubectl),
                nodes => nodes.Count == 4 && !nodes.Contains("member-1")));
        await kubectl.WaitAsync("node/member-1", "condition=Ready=false");
        Assert.True(other.IsRunning);
    }

    [Fact]
    public async Task Without_a_server_it_says_so()
    {
        var data = Places.NewScratch("none");
        try
        {
            (await ShutDownAsync(data)).Fails(
                "orchestrator: no server answers at", "node.sock: there is no such socket (--data-dir names");
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>Where the pods run that have not ended.</summary>
    private static async Task<IReadOnlyList<string>> NodesAsync(Kubectl kubectl) =>
        (await kubectl.PathAsync("pods", ".items[?(@.status.phase==\"Running\")].spec.nodeName"))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static Task<Output> ShutDownAsync(string dataDirectory) =>
        Tool.RunAsync(
            Places.Orchestrator, ["node", "shutdown", "--data-dir", dataDirectory], timeout: TimeSpan.FromMinutes(3));
}
