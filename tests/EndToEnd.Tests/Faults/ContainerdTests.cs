using System.Globalization;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Faults;

/// <summary>containerd dies and comes back; the orchestrator stops and comes back; containers run on.</summary>
public sealed class ContainerdTests
{
    [Fact]
    public async Task Containers_outlive_containerd_and_new_pods_start_when_it_is_back()
    {
        await using var cluster = await Cluster.StartAsync();
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifests.Deployment("web", 2));
        await kubectl.RolledOutAsync("web");
        var before = await RunningAsync(kubectl);
        // What it starts is, for an instant, another one of it.
        var containerd = await Eventually.BecomesAsync(
            "one containerd", () => Task.FromResult(ContainerdPids(cluster)), pids => pids.Count == 1);
        (await Tool.RunAsync("/bin/kill", ["-KILL", $"{containerd[0]}"])).Ok();
        await kubectl.OkAsync("scale", "deployment/web", "--replicas=3");
        await kubectl.RolledOutAsync("web");
        var after = await RunningAsync(kubectl);
        Assert.Subset(after.ToHashSet(), before.ToHashSet());
    }

    [Fact]
    public async Task A_graceful_stop_leaves_containers_running_and_the_next_start_finds_them()
    {
        await using var cluster = await Cluster.StartAsync();
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifests.Deployment("web", 2));
        await kubectl.RolledOutAsync("web");
        var before = await RunningAsync(kubectl);
        Assert.Equal(0, await cluster.StopServerAsync());
        Assert.Equal(4, (await cluster.CtrAsync("tasks", "ls")).Ok().Lines.Count(line => line.Contains("RUNNING")));
        await cluster.StartServerAsync();
        await kubectl.RolledOutAsync("web");
        Assert.Equal(before, await RunningAsync(kubectl));
    }

    [Fact]
    public async Task A_container_that_died_while_nobody_looked_is_restarted()
    {
        await using var cluster = await Cluster.StartAsync();
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifests.Deployment("web", 1));
        await kubectl.RolledOutAsync("web");
        await cluster.KillServerAsync();
        const string main = "labels.\"io.kubernetes.container.name\"==main";
        var container = (await cluster.CtrAsync("containers", "ls", "-q", main)).Ok().Lines.Single();
        (await cluster.CtrAsync("tasks", "kill", "--signal", "SIGKILL", container)).Ok();
        await cluster.StartServerAsync();
        await Eventually.BecomesAsync("one restart", async () => (await kubectl.OkAsync(
            "get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[0].restartCount}")).Text,
            text => text == "1");
        await kubectl.RolledOutAsync("web");
    }

    /// <summary>Pod, container id and restart count of each pod that runs.</summary>
    private static async Task<IReadOnlyList<string>> RunningAsync(Kubectl kubectl) =>
        [.. (await kubectl.OkAsync("get", "pods", "-o", "jsonpath={range .items[*]}{.metadata.uid} "
            + "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}{\"\\n\"}{end}"))
            .Lines.Order(StringComparer.Ordinal)];

    private static IReadOnlyList<int> ContainerdPids(Cluster cluster) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(path => Path.GetFileName(path))
            .Where(name => name.All(char.IsAsciiDigit))
            .Select(name => int.Parse(name, CultureInfo.InvariantCulture))
            .Where(pid => CommandLine(pid) is { } line
                && line.StartsWith("containerd\0", StringComparison.Ordinal) | line.Contains("/containerd\0")
                && line.Contains(cluster.DataDirectory, StringComparison.Ordinal)),
    ];

    private static string? CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            // The process ended between the listing and the reading.
            return null;
        }
    }
}
