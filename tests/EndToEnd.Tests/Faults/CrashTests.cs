using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Faults;

/// <summary>
/// Guarantees G1, G4 and B3 on the real thing: the server is killed at random instants while it is written to and
/// watched. What was acknowledged stays, no container notices, no pod is doubled, no watcher loses or repeats.
/// </summary>
public sealed class CrashTests
{
    private const int Kills = 50;
    private const int Seed = 20261124;
    private static readonly TimeSpan LongestLife = TimeSpan.FromMilliseconds(2500);

    /// <summary>Keeps the load to some hundred writes a second: enough to be cut in each kill.</summary>
    private static readonly TimeSpan PauseBetweenWrites = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task Fifty_kills_under_load_lose_nothing()
    {
        await using var cluster = await Cluster.StartAsync();
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifests.Deployment("steady", 2));
        await kubectl.RolledOutAsync("steady");
        await kubectl.CreateAsync(Manifests.Deployment("busy", 1));
        var containers = await SteadyContainersAsync(kubectl);

        using var stop = new CancellationTokenSource();
        var acknowledged = new ConcurrentDictionary<string, string>();
        using var api = cluster.Api();
        await using var watcher = await ResumingWatch.StartAsync(api, "/api/v1/namespaces/default/configmaps");
        var load = Enumerable.Range(0, 3).Select(worker => WriteAsync(api, worker, acknowledged, stop.Token))
            .Append(DisturbAsync(api, stop.Token)).ToList();

        var random = new Random(Seed);
        foreach (var _ in Enumerable.Range(0, Kills))
        {
            await Task.Delay(random.NextDouble() * LongestLife, TestContext.Current.CancellationToken);
            await cluster.KillServerAsync();
            await cluster.StartServerAsync();
        }
        await stop.CancelAsync();
        await Task.WhenAll(load);
        await AssertWritesAsync(api, acknowledged, watcher);
        Assert.Equal(containers, await SteadyContainersAsync(kubectl));
        await AssertSettledAsync(kubectl);
    }

    /// <summary>Creates, changes and deletes; keeps for each name what the server acknowledged last.</summary>
    private static async Task WriteAsync(
        ApiClient api, int worker, ConcurrentDictionary<string, string> acknowledged, CancellationToken stop)
    {
        const string maps = "/api/v1/namespaces/default/configmaps";
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var name = $"w{worker}-{number}";
            if (await TryAsync(api, HttpMethod.Post, maps, Map(name, "1")))
            {
                acknowledged[name] = "1";
            }
            else
            {
                continue;
            }

            if (number % 3 == 1 && await TryAsync(api, HttpMethod.Patch, $"{maps}/{name}", "{\"data\":{\"v\":\"2\"}}"))
            {
                acknowledged[name] = "2";
            }
            else if (number % 3 == 1)
            {
                acknowledged[name] = "1 or 2";
            }

            if (number % 3 == 2)
            {
                acknowledged[name] =
                    await TryAsync(api, HttpMethod.Delete, $"{maps}/{name}", null) ? "gone" : "1 or gone";
            }
            await Task.Delay(PauseBetweenWrites, CancellationToken.None);
        }
    }

    /// <summary>Scales and rolls a Deployment all the while.</summary>
    private static async Task DisturbAsync(ApiClient api, CancellationToken stop)
    {
        const string busy = "/apis/apps/v1/namespaces/default/deployments/busy";
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var change = number % 4 == 3
                ? $"{{\"spec\":{{\"template\":{{\"metadata\":{{\"annotations\":{{\"n\":\"{number}\"}}}}}}}}}}"
                : $"{{\"spec\":{{\"replicas\":{number % 3 + 1}}}}}";
            await TryAsync(api, HttpMethod.Patch, busy, change);
            await Task.Delay(TimeSpan.FromMilliseconds(400), CancellationToken.None);
        }
    }

    /// <returns>Whether the server acknowledged; false when it died before it answered, or answered no.</returns>
    private static async Task<bool> TryAsync(ApiClient api, HttpMethod method, string path, string? body)
    {
        try
        {
            var type = method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json";
            return (int)(await api.SendAsync(method, path, body, type)).Code is >= 200 and < 300;
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or OperationCanceledException)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            return false;
        }
    }

    private static async Task AssertWritesAsync(
        ApiClient api, ConcurrentDictionary<string, string> acknowledged, ResumingWatch watcher)
    {
        var list = await api.GetAsync("/api/v1/namespaces/default/configmaps");
        var stored = list["items"]!.AsArray().ToDictionary(
            item => item!["metadata"]!["name"]!.GetValue<string>(), item => item!["data"]?["v"]?.GetValue<string>());
        var lost = acknowledged.Where(write => !write.Value.Split(" or ").Contains(
            stored.TryGetValue(write.Key, out var value) ? value : "gone")).ToList();
        Assert.True(acknowledged.Count > Kills, $"only {acknowledged.Count} writes were acknowledged: no load");
        Assert.True(lost.Count == 0,
            $"{lost.Count} of {acknowledged.Count} acknowledged writes are lost: {string.Join(", ", lost.Take(20))}");

        await Eventually.HoldsAsync("the watch to have seen what is stored", () =>
            watcher.Failure is not null || stored.Keys.ToHashSet().SetEquals(watcher.Names));
        Assert.True(watcher.Failure is null, watcher.Failure);
        Assert.True(watcher.Resumptions >= Kills / 2, $"the watch was resumed {watcher.Resumptions} times only");
    }

    private static async Task<IReadOnlyList<string>> SteadyContainersAsync(Kubectl kubectl) =>
        [.. (await kubectl.OkAsync("get", "pods", "-l", "app=steady", "-o",
            "jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[0].containerID} "
            + "{.status.containerStatuses[0].restartCount}{\"\\n\"}{end}")).Lines.Order(StringComparer.Ordinal)];

    /// <summary>The disturbed Deployment converges to exactly its replicas.</summary>
    private static async Task AssertSettledAsync(Kubectl kubectl)
    {
        await kubectl.OkAsync("scale", "deployment/busy", "--replicas=2");
        await kubectl.RolledOutAsync("busy");
        await Eventually.BecomesAsync("exactly two pods of the busy Deployment", async () =>
            (await kubectl.OkAsync("get", "pods", "-l", "app=busy", "-o", "name")).Lines, lines => lines.Count == 2);
    }

    private static string Map(string name, string value) =>
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["data"] = new JsonObject { ["v"] = value },
        }.ToJsonString();
}
