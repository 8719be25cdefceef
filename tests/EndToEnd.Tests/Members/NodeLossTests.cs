using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>
/// A machine is lost, stopped in good order, or pauses: what becomes of its Node and its pods. The figures of more
/// rounds are had by bench/members; times are told, not asserted.
/// </summary>
public sealed class NodeLossTests
{
    private const string Selector = "/api/v1/namespaces/default/pods?labelSelector=app%3D";
    private const int Replicas = 6;
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PauseMost = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan PastEviction = TimeSpan.FromSeconds(5);

    /// <summary>A member that came back has shards again after a few rebalances.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(MembersRun.Number("SETTLE_SECONDS", 8));

    private static readonly int Rounds = MembersRun.Number("NODE_ROUNDS", 1);

    [Fact]
    public async Task The_pods_of_a_killed_machine_run_elsewhere()
    {
        await using var cluster = await MemberCluster.StartAsync(new() { CanBeCut = false });
        await DeployAsync(cluster, "lost");
        var byAge = cluster.Members.ToList();
        var losses = new List<(bool IsOldest, double Seen, double Replaced)>();
        foreach (var round in Enumerable.Range(0, Rounds))
        {
            // The oldest has coordinators and singletons, which begin elsewhere first.
            var isOldest = round % 2 == 0;
            var victim = byAge[isOldest ? 0 : 1];
            var (seen, replaced) = await LoseAsync(cluster, victim);
            losses.Add((isOldest, seen, replaced));
            byAge.Remove(victim);
            byAge.Add(victim);
        }

        foreach (var kind in losses.GroupBy(loss => loss.IsOldest))
        {
            var who = kind.Key ? "oldest" : "other";
            MembersRun.Report($"{who,-7}seen     {Figures(kind.Select(loss => loss.Seen))}");
            MembersRun.Report($"{who,-7}replaced {Figures(kind.Select(loss => loss.Replaced))}");
        }
    }

    [Fact]
    public async Task A_machine_whose_server_is_stopped_and_started_again_keeps_its_pods()
    {
        await using var cluster = await MemberCluster.StartAsync(new() { CanBeCut = false });
        await DeployAsync(cluster, "kept");
        var (victim, through) = (cluster.Members[1], cluster.Members[0]);
        using var api = through.Api();
        var before = await ContainersAsync(api, "kept");
        Assert.Contains(before, pod => pod.EndsWith(Name(victim), StringComparison.Ordinal));

        await victim.StopAsync();
        await through.Kubectl().DescribesAsync(
            ["node", Name(victim)], "AgentStopped", "containers run on", "actor-orchestrator/agent-stopped:NoSchedule");
        await Task.Delay(PastEviction, TestContext.Current.CancellationToken);
        Assert.Equal("AgentStopped", (await ReadyAsync(api, victim))["reason"]!.GetValue<string>());
        Assert.Equal(before, await ContainersAsync(api, "kept"));

        await victim.UntilReadyAsync();
        await Eventually.BecomesAsync(
            "the node to be heard of again", async () => (await ReadyAsync(api, victim)).ToJsonString(),
            ready => ready.Contains("KubeletReady", StringComparison.Ordinal));
        await Task.Delay(PastEviction, TestContext.Current.CancellationToken);
        Assert.Equal(before, await ContainersAsync(api, "kept"));
    }

    [Fact]
    public async Task A_machine_that_pauses_for_half_a_second_is_not_lost()
    {
        await using var cluster = await MemberCluster.StartAsync(new() { CanBeCut = false });
        await DeployAsync(cluster, "paused");
        var (victim, through) = (cluster.Members[2], cluster.Members[0]);
        using var api = through.Api();
        for (var attempt = 1; ; attempt++)
        {
            var before = await ContainersAsync(api, "paused");
            var since = await ReadySinceAsync(api, victim);
            var began = Stopwatch.GetTimestamp();
            await victim.FreezeAsync();
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
            await victim.ThawAsync();
            var paused = Stopwatch.GetElapsedTime(began);
            await Task.Delay(PastEviction, TestContext.Current.CancellationToken);

            // A machine with more to do than it can makes it a longer pause, about which nothing is promised.
            if (paused > PauseMost && attempt < 5)
            {
                await cluster.UntilAllReadyAsync();
                await cluster.UntilAllNodesAreReadyAsync();
                continue;
            }

            Assert.True(victim.IsRunning, cluster.Logs());
            Assert.Equal(since, await ReadySinceAsync(api, victim));
            Assert.Equal(before, await ContainersAsync(api, "paused"));
            return;
        }
    }

    /// <summary>On every machine, so that whichever is lost has some.</summary>
    private static async Task DeployAsync(MemberCluster cluster, string name)
    {
        await cluster.UntilAllNodesAreReadyAsync();
        var kubectl = cluster.Members[0].Kubectl();
        await kubectl.ApplyAsync(Manifests.Deployment(name, Replicas, container: "command: [sleep, \"100000\"]\n"));
        await kubectl.RolledOutAsync(name);
    }

    private static async Task<(double Seen, double Replaced)> LoseAsync(MemberCluster cluster, ControlMember victim)
    {
        using var api = cluster.Other(victim).Api();
        await cluster.UntilAllReadyAsync();
        await cluster.UntilAllNodesAreReadyAsync();
        await Task.Delay(Settling, TestContext.Current.CancellationToken);
        await RebalanceAsync(cluster, victim);
        var old = await NamesOnAsync(api, "lost", victim);
        Assert.NotEmpty(old);

        await victim.KillAsync();
        var killed = Stopwatch.GetTimestamp();
        var noticing = UntilAsync(
            "the node to be lost", async () => (await ReadyAsync(api, victim))["status"]!.GetValue<string>() != "True",
            killed);
        var running = UntilAsync(
            "the pods to run elsewhere", async () => await RunningElsewhereAsync(api, victim) == Replicas, killed);
        var (seen, replaced) = (await noticing, await running);
        var reason = (await ReadyAsync(api, victim))["reason"];
        MembersRun.Report(string.Create(CultureInfo.InvariantCulture,
            $"member {victim.Number}: seen after {seen:0.00} s ({reason}), {old.Count} pods run elsewhere after "
            + $"{replaced:0.00} s"));

        // What runs on the machine still is ended when it is back, before it counts as gone.
        await victim.UntilReadyAsync();
        await Eventually.BecomesAsync(
            "the old pods to be gone", () => NamesOnAsync(api, "lost", victim), names => !names.Intersect(old).Any());
        return (seen, replaced);
    }

    /// <summary>Machines that came back have no pods yet.</summary>
    private static async Task RebalanceAsync(MemberCluster cluster, ControlMember victim)
    {
        var kubectl = cluster.Other(victim).Kubectl();
        using var api = cluster.Other(victim).Api();
        if ((await NamesOnAsync(api, "lost", victim)).Count == 0)
        {
            await kubectl.OkAsync("rollout", "restart", "deployment/lost");
            await kubectl.RolledOutAsync("lost");
        }
    }

    /// <summary>When something holds, in seconds since.</summary>
    internal static async Task<double> UntilAsync(string what, Func<Task<bool>> holds, long since)
    {
        while (true)
        {
            if (Stopwatch.GetElapsedTime(since) > Eventually.DefaultBound)
            {
                throw new TimeoutException($"{what}: not within {Eventually.DefaultBound.TotalSeconds:0} s");
            }

            if (await holds())
            {
                return Stopwatch.GetElapsedTime(since).TotalSeconds;
            }

            await Task.Delay(PollPause, TestContext.Current.CancellationToken);
        }
    }

    private static string Name(ControlMember member) => $"member-{member.Number}";

    private static async Task<JsonNode> ReadyAsync(ApiClient api, ControlMember member) =>
        (await api.GetAsync($"/api/v1/nodes/{Name(member)}"))["status"]!["conditions"]!.AsArray()
            .Single(condition => condition!["type"]!.GetValue<string>() == "Ready")!;

    private static async Task<string> ReadySinceAsync(ApiClient api, ControlMember member)
    {
        var ready = await ReadyAsync(api, member);
        return $"{ready["status"]} since {ready["lastTransitionTime"]}";
    }

    private static async Task<IReadOnlyList<JsonNode>> PodsAsync(ApiClient api, string app) =>
        [.. (await api.GetAsync(Selector + app))["items"]!.AsArray().Select(pod => pod!)];

    private static async Task<int> RunningElsewhereAsync(ApiClient api, ControlMember than) =>
        (await PodsAsync(api, "lost")).Count(pod =>
            NodeOf(pod) is { } node && node != Name(than) && pod["metadata"]!["deletionTimestamp"] is null
            && pod["status"]?["conditions"] is JsonArray conditions && conditions.Any(condition =>
                condition!["type"]!.GetValue<string>() == "Ready"
                && condition["status"]!.GetValue<string>() == "True"));

    private static async Task<IReadOnlyList<string>> NamesOnAsync(ApiClient api, string app, ControlMember member) =>
        [.. (await PodsAsync(api, app)).Where(pod => NodeOf(pod) == Name(member))
            .Select(pod => pod["metadata"]!["name"]!.GetValue<string>())];

    /// <summary>Each pod with its container, how often that was started, and its node.</summary>
    private static async Task<IReadOnlyList<string>> ContainersAsync(ApiClient api, string app) =>
    [
        .. (await PodsAsync(api, app)).Select(pod =>
        {
            var container = pod["status"]!["containerStatuses"]![0]!;
            return $"{pod["metadata"]!["uid"]} {container["containerID"]} {container["restartCount"]} {NodeOf(pod)}";
        }).Order(StringComparer.Ordinal),
    ];

    private static string? NodeOf(JsonNode pod) => pod["spec"]!["nodeName"]?.GetValue<string>();

    internal static string Figures(IEnumerable<double> figures)
    {
        var seconds = figures.Order().ToList();
        double Share(double share) => seconds[(int)Math.Round(share * (seconds.Count - 1))];
        return string.Create(CultureInfo.InvariantCulture,
            $"of {seconds.Count} losses: median {Share(0.5):0.00} s, p90 {Share(0.9):0.00} s, "
            + $"p99 {Share(0.99):0.00} s, min {Share(0):0.00} s, max {Share(1):0.00} s");
    }
}
