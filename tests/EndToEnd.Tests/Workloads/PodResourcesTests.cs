using System.Globalization;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>Pods that ask for resources as a whole: what bounds their containers together, and what is left of it.
/// </summary>
public sealed class PodResourcesTests(SharedCluster shared)
{
    private const string ControlGroups = "/sys/fs/cgroup";

    private const string Sleeper = "exec sleep 1000";

    /// <summary>Takes 50 MB when it is told to and keeps them, as the container's first process; it ends well when the
    /// one that feeds it is killed.</summary>
    private const string Eater =
        "until [ -e /tmp/go ]; do sleep 0.1; done; "
        + "mkfifo /tmp/f; (head -c 50m /dev/zero; exec sleep 1000) > /tmp/f & echo $! > /tmp/feeder; "
        + "exec tail -c 60m /tmp/f > /dev/null";

    [Fact]
    public async Task Containers_share_the_memory_of_their_pod_and_the_one_that_goes_too_far_is_killed()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Pod("p", Eater, "{limits: {memory: 80Mi}}", "restartPolicy: Never"));
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        var group = await GroupAsync(kubectl, "p");

        // One after the other: of two that grow at the same moment the kernel may kill both.
        await kubectl.OkAsync("exec", "p", "-c", "a", "--", "touch", "/tmp/go");
        await Eventually.HoldsAsync("the first to have its memory", () => MemoryOf(group) > 50 << 20);
        await kubectl.OkAsync("exec", "p", "-c", "b", "--", "touch", "/tmp/go");
        var states = await Eventually.BecomesAsync(
            "one of two to be killed", () => kubectl.PathAsync(
                "pod/p", ".status.containerStatuses[*]['name','state.terminated.reason','state.terminated.exitCode']"),
            text => text.Contains("OOMKilled", StringComparison.Ordinal));
        Assert.Equal(["137", "OOMKilled", "a", "b"], states.Split(' ').Order(StringComparer.Ordinal));

        // The other one has what it wants now. It was there when memory ran short, but ends well.
        var survivor = await kubectl.PathAsync(
            "pod/p", ".status.containerStatuses[?(@.state.running)].name");
        await Eventually.HoldsAsync("the other to have its memory", () => MemoryOf(group) > 50 << 20);
        await kubectl.OkAsync("exec", "p", "-c", survivor, "--", "sh", "-c", "kill $(cat /tmp/feeder)");
        await kubectl.WaitAsync("pod/p", "jsonpath={.status.phase}=Failed");
        Assert.Equal("Completed 0", await kubectl.PathAsync(
            "pod/p", $".status.containerStatuses[?(@.name=='{survivor}')].state.terminated['reason','exitCode']"));
        Assert.Equal("Burstable", await kubectl.PathAsync("pod/p", ".status.qosClass"));
    }

    [Fact]
    public async Task Containers_share_the_processors_of_their_pod()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Pod("p", "while true; do true; done", "{limits: {cpu: 200m}}"));
        await space.Kubectl.WaitAsync("pod/p", "condition=Ready");
        var group = await GroupAsync(space.Kubectl, "p");
        await Eventually.HoldsAsync(
            "their time to be cut off again and again", () => ProcessorOf(group).Throttled > 20);
        var before = ProcessorOf(group);
        await Eventually.HoldsAsync("fifty periods", () => ProcessorOf(group).Periods > before.Periods + 50);
        var after = ProcessorOf(group);
        // 20 ms in each period of 100 ms; each of the two containers alone may take as much.
        var milliseconds = (after.Used - before.Used).TotalMilliseconds / (after.Periods - before.Periods);
        Assert.InRange(milliseconds, 5, 30);
    }

    [Fact]
    public async Task What_a_container_is_told_of_its_limits_are_those_of_its_pod()
    {
        await using var space = await shared.NewSpaceAsync();
        const string told = "echo $CPU $MEMORY; "
            + "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; exec sleep 1000";
        const string variables = """
            env:
            - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}
            - {name: MEMORY, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
            """;
        await space.Kubectl.CreateAsync(Manifests.Pod(
            "p", told, variables, "resources: {limits: {cpu: 300m, memory: 64Mi}}\n"));
        await space.Kubectl.WaitAsync("pod/p", "condition=Ready");
        Assert.Equal(["300 64", "67108864"], (await space.Kubectl.OkAsync("logs", "p")).Lines);
        Assert.Equal("Guaranteed", await space.Kubectl.PathAsync("pod/p", ".status.qosClass"));
        await space.Kubectl.DescribesAsync(["pod", "p"], "QoS Class: ", "Guaranteed", "  cpu:     300m");
        (await space.Kubectl.RunAsync(
            "patch", "pod", "p", "--subresource=resize", "--patch",
            """{"spec":{"containers":[{"name":"main","resources":{"limits":{"cpu":"100m"}}}]}}""")).Fails(
            "pods with pod-level resources cannot be resized");
    }

    [Fact]
    public async Task The_group_of_a_pod_goes_with_it_however_the_server_ends()
    {
        await using var cluster = await Cluster.StartAsync();
        var kubectl = cluster.Kubectl();
        const string asked = "{requests: {cpu: 100m}, limits: {memory: 64Mi}}";
        string[] names = ["stays", "ends", "goes", "vanishes"];
        foreach (var name in names)
        {
            await kubectl.CreateAsync(Pod(
                name, name == "ends" ? "sleep 3" : name == "goes" ? "trap \"\" TERM; sleep 1000" : Sleeper, asked,
                "restartPolicy: Never", grace: name == "goes" ? 10 : 2));
        }

        await kubectl.WaitAsync("pod/stays", "condition=Ready");
        var groups = new Dictionary<string, string>();
        foreach (var name in names)
        {
            groups[name] = await GroupAsync(kubectl, name);
        }

        await kubectl.WaitAsync("pod/ends", "jsonpath={.status.phase}=Succeeded");
        await GoneAsync(groups["ends"]);
        await kubectl.WaitAsync("pod/goes", "condition=Ready");
        await kubectl.WaitAsync("pod/vanishes", "condition=Ready");
        await kubectl.OkAsync("delete", "pod", "vanishes");
        await GoneAsync(groups["vanishes"]);

        await kubectl.OkAsync("delete", "pod", "goes", "--wait=false");
        await cluster.KillServerAsync();
        await cluster.StartServerAsync();
        await kubectl.WaitAsync("node", "condition=Ready", more: "--all");
        await GoneAsync(groups["goes"]);
        Assert.NotEmpty(PlacesOf(groups["stays"]));
        Assert.Equal("0 0", await kubectl.PathAsync("pod/stays", ".status.containerStatuses[*].restartCount"));
        await cluster.KillServerAsync();
        (await Tool.RunAsync(Places.Orchestrator, ["reset", "--data-dir", cluster.DataDirectory])).Ok();
        Assert.Empty(PlacesOf(groups["stays"]));
    }

    [Fact]
    public async Task A_node_whose_runtime_has_no_control_groups_says_so()
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false });
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Pod("p", Sleeper, "{limits: {memory: 64Mi}}"));
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        await kubectl.DescribesAsync(["pod", "p"], "FieldsIgnored", "spec.resources.limits: is not honoured");
    }

    /// <summary>Two containers without requests and limits.</summary>
    private static string Pod(string name, string script, string resources, string spec = "", int grace = 2) =>
        $"""
        apiVersion: v1
        kind: Pod
        metadata: {"{"}name: {name}{"}"}
        spec:
          terminationGracePeriodSeconds: {grace}
          resources: {resources}
          {spec}
          containers:
          - {"{"}name: a, image: "busybox:1.35", command: [sh, -c, '{script}']{"}"}
          - {"{"}name: b, image: "busybox:1.35", command: [sh, -c, '{script}']{"}"}
        """;

    private static async Task<string> GroupAsync(Kubectl kubectl, string pod)
    {
        var group = $"k8s.io/pod{await kubectl.PathAsync($"pod/{pod}", ".metadata.uid")}";
        await Eventually.HoldsAsync($"the group {group}", () => PlacesOf(group).Count > 0);
        return group;
    }

    private static Task GoneAsync(string group) =>
        Eventually.HoldsAsync($"{group} to be gone", () => PlacesOf(group).Count == 0);

    /// <summary>In the hierarchies of cgroup v1, or in the one of v2.</summary>
    private static List<string> PlacesOf(string group) =>
        [.. Directory.EnumerateDirectories(ControlGroups).Prepend(ControlGroups)
            .Select(hierarchy => Path.Combine(hierarchy, group)).Where(Directory.Exists)];

    private static long MemoryOf(string group) => Number(Read(group, "memory.usage_in_bytes", "memory.current"));

    private static (long Periods, long Throttled, TimeSpan Used) ProcessorOf(string group)
    {
        var stat = PlacesOf(group).Select(place => Path.Combine(place, "cpu.stat")).Where(File.Exists)
            .Select(File.ReadAllLines).First(lines => lines.Any(line => line.StartsWith("nr_periods ")))
            .Select(line => line.Split(' ')).ToDictionary(words => words[0], words => Number(words[1]));
        var used = stat.TryGetValue("usage_usec", out var microseconds)
            ? microseconds * 1000
            : Number(Read(group, "cpuacct.usage"));
        return (stat["nr_periods"], stat["nr_throttled"], TimeSpan.FromTicks(used / 100));
    }

    private static string Read(string group, params string[] files) => File.ReadAllText(PlacesOf(group)
        .SelectMany(place => files.Select(file => Path.Combine(place, file))).First(File.Exists));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
