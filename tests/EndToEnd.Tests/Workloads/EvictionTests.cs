using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>Machines that are short by their settings: a threshold above what any machine has.</summary>
public sealed class EvictionTests
{
    private const string Status = ".status.phase} {.status.reason} {.status.message";
    private const string Short = "\"100%\"";

    [Fact]
    public async Task Short_of_memory_a_pod_is_evicted_that_requested_none_and_critical_ones_run_on()
    {
        await using var settings = new SettingsFile();
        await using var cluster = await Cluster.StartAsync(new() { Settings = settings });
        var kubectl = cluster.Kubectl();
        var system = cluster.Kubectl("kube-system");
        await kubectl.CreateAsync(Manifests.Pod("greedy", "exec sleep 1000"));
        await system.CreateAsync(Manifests.Pod(
            "needed", "exec sleep 1000", spec: "priorityClassName: system-node-critical\n"));
        await kubectl.WaitAsync("pod/greedy", "condition=Ready");
        await system.WaitAsync("pod/needed", "condition=Ready");

        settings.Write($"node.eviction.memory-available.hard = {Short}");
        await cluster.StopServerAsync();
        await cluster.StartServerAsync();
        await EvictedAsync(kubectl, "greedy", "The node was low on resource: memory. Threshold quantity: ");
        Assert.Equal("True TerminationByKubelet", await kubectl.PathAsync(
            "pod/greedy",
            ".status.conditions[?(@.type==\"DisruptionTarget\")].status} "
            + "{.status.conditions[?(@.type==\"DisruptionTarget\")].reason"));
        await kubectl.DescribesAsync(["pod", "greedy"], "Evicted", "The node was low on resource: memory.");
        var node = await NodeAsync(kubectl);
        await Eventually.BecomesAsync("the taint", () => kubectl.PathAsync(node, ".spec.taints[*].key"),
            keys => keys.Contains("node.kubernetes.io/memory-pressure", StringComparison.Ordinal));
        await kubectl.DescribesAsync([node], "KubeletHasInsufficientMemory", "EvictionThresholdMet");

        var late = Manifests.Pod("late", "exec sleep 1000", spec: $"nodeName: {node.Split('/')[1]}\n");
        await kubectl.CreateAsync(late);
        Assert.Equal(
            "Failed Evicted Pod was rejected: The node had condition: [MemoryPressure]. ",
            await Eventually.BecomesAsync("the refusal", () => kubectl.PathAsync("pod/late", Status),
                status => status.StartsWith("Failed", StringComparison.Ordinal)));
        Assert.Equal("Running 0", await system.PathAsync(
            "pod/needed", ".status.phase} {.status.containerStatuses[0].restartCount"));
    }

    [Fact]
    public async Task Short_of_disk_unused_images_go_first_then_pods_and_afterwards_pods_are_taken_again()
    {
        await using var settings = new SettingsFile();
        await using var cluster = await Cluster.StartAsync(new() { Settings = settings });
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifests.Pod("run", "exec sleep 1000"));
        await kubectl.WaitAsync("pod/run", "condition=Ready");
        const string Unused = "docker.io/library/data-tool:v3.2";
        (await cluster.CtrAsync("images", "label", Unused, "io.cri-containerd.pinned=")).Ok();

        settings.Write($"node.eviction.nodefs-available.hard = {Short}\nnode.eviction.transition-period = 1s");
        await cluster.StopServerAsync();
        await cluster.StartServerAsync();
        await EvictedAsync(kubectl, "run", "The node was low on resource: ephemeral-storage. Threshold quantity: ");
        Assert.DoesNotContain("data-tool", (await cluster.CtrAsync("images", "ls", "-q")).Text);
        var told = cluster.LogTail(int.MaxValue).Split('\n').ToList();
        Assert.InRange(
            told.FindIndex(line => line.Contains("unused image docker.io/library/data-tool", StringComparison.Ordinal)),
            0, told.FindIndex(line => line.Contains("pod default/run is evicted", StringComparison.Ordinal)) - 1);
        var node = await NodeAsync(kubectl);
        await kubectl.DescribesAsync([node], "KubeletHasDiskPressure", "node.kubernetes.io/disk-pressure:NoSchedule");

        settings.Write("");
        await cluster.StopServerAsync();
        await cluster.StartServerAsync();
        await kubectl.WaitAsync(node, "condition=DiskPressure=false");
        await kubectl.CreateAsync(Manifests.Pod("again", "exec sleep 1000"));
        await kubectl.WaitAsync("pod/again", "condition=Ready");
        Assert.StartsWith("Failed Evicted", await kubectl.PathAsync("pod/run", Status), StringComparison.Ordinal);
    }

    private static async Task EvictedAsync(Kubectl kubectl, string pod, string message) => Assert.StartsWith(
        $"Failed Evicted {message}",
        await Eventually.BecomesAsync(
            "the eviction", () => kubectl.PathAsync($"pod/{pod}", Status),
            status => status.StartsWith("Failed", StringComparison.Ordinal)),
        StringComparison.Ordinal);

    private static async Task<string> NodeAsync(Kubectl kubectl) =>
        (await kubectl.OkAsync("get", "nodes", "-o", "name")).Text.Trim();
}
