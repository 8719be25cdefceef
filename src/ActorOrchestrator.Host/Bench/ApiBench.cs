using System.Diagnostics;
using System.Globalization;

namespace ActorOrchestrator.Host.Bench;

/// <summary>Requests a second and their latencies on a running cluster: create, get and list of ConfigMaps, and the
/// time from a write to its event at each of many watchers. Everything that it makes is removed again.</summary>
internal sealed class ApiBench(BenchClient client, TextWriter output)
{
    private const int Requests = 3_000;
    private const int Watchers = 50;
    private const int WatchedWrites = 100;
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    public async Task RunAsync(CancellationToken stop)
    {
        foreach (var clients in (int[])[1, 16, 64])
        {
            await PrintAsync($"create, {clients} at once", clients, Requests, i => client.PostAsync(
                ConfigMaps, ConfigMap($"bench-{clients}-{i}"), stop), stop);
            await PrintAsync($"get, {clients} at once", clients, Requests,
                i => client.GetAsync($"{ConfigMaps}/bench-{clients}-{i}", stop), stop);
        }

        await PrintAsync("list of 500, 4 at once", 4, 100, _ => client.GetAsync($"{ConfigMaps}?limit=500", stop), stop);
        await WatchAsync(stop);
        await PrintAsync(
            "delete, 16 at once", 16, Requests, i => client.DeleteAsync($"{ConfigMaps}/bench-16-{i}", stop), stop);
        await client.DeleteAsync($"{ConfigMaps}?labelSelector=made-by=bench", stop);
    }

    private async Task PrintAsync(
        string what, int clients, int count, Func<int, Task> request, CancellationToken stop)
    {
        var figures = new Figures();
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = clients, CancellationToken = stop },
            async (i, _) =>
            {
                var started = Stopwatch.GetTimestamp();
                await request(i);
                figures.Add(Stopwatch.GetElapsedTime(started));
            });
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what,-24} {count / watch.Elapsed.TotalSeconds,8:0}/s  {figures}"));
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        var figures = new Figures();
        var sent = new long[WatchedWrites];
        var ready = new CountdownEvent(Watchers);
        var readers = Enumerable.Range(0, Watchers).Select(_ => ReadAsync(sent, ready, figures, stop)).ToList();
        await Task.Run(() => ready.Wait(WaitMax, stop), stop);
        for (var i = 0; i < WatchedWrites; i++)
        {
            sent[i] = Stopwatch.GetTimestamp();
            await client.PostAsync(ConfigMaps, ConfigMap($"bench-watched-{i}"), stop);
        }

        await Task.WhenAll(readers).WaitAsync(WaitMax, stop);
        output.WriteLine($"write to {Watchers} watchers                 {figures}");
    }

    private async Task ReadAsync(long[] sent, CountdownEvent ready, Figures figures, CancellationToken stop)
    {
        var left = WatchedWrites;
        var path =
            $"{ConfigMaps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
            + "&labelSelector=watched=yes";
        await foreach (var change in client.WatchAsync(path, stop))
        {
            if (change.GetProperty("type").GetString() == "BOOKMARK")
            {
                ready.Signal();
                continue;
            }

            var name = change.GetProperty("object").GetProperty("metadata").GetProperty("name").GetString()!;
            figures.Add(Stopwatch.GetElapsedTime(sent[int.Parse(name.Split('-')[^1], CultureInfo.InvariantCulture)]));
            if (--left == 0)
            {
                return;
            }
        }
    }

    private static string ConfigMap(string name) =>
        """
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"NAME",
        "labels":{"made-by":"bench","watched":"WATCHED"}},"data":{"key":"value"}}
        """
            .Replace("NAME", name, StringComparison.Ordinal)
            .Replace("WATCHED", IsWatched(name) ? "yes" : "no", StringComparison.Ordinal);

    private static bool IsWatched(string name) => name.Contains("watched", StringComparison.Ordinal);
}
