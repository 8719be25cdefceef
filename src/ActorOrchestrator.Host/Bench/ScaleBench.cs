using System.Diagnostics;
using System.Globalization;
using ActorOrchestrator.Actors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Server;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Host.Bench;

/// <param name="Nodes">Simulated machines.</param>
/// <param name="Pods">Pods to create, by Deployments of <paramref name="PodsPerDeployment"/>.</param>
/// <param name="PodsPerDeployment">Replicas of each Deployment.</param>
/// <param name="TimeoutSeconds">When the fill counts as stuck.</param>
internal sealed record ScaleBenchOptions(int Nodes, int Pods, int PodsPerDeployment, int TimeoutSeconds);

/// <summary>
/// The whole control plane in real time (gateway over TLS, SQLite log with fsync, actors, scheduler) filling a cluster
/// of simulated machines; only the containers are missing. Deployments are created over HTTP; meanwhile another client
/// writes and reads through the API and times each answer.
/// </summary>
internal static class ScaleBench
{
    private const int ParallelCreates = 16;
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(10);

    public static async Task<int> RunAsync(ScaleBenchOptions options, TextWriter output, CancellationToken stop)
    {
        var path = Directory.CreateTempSubdirectory("orchestrator-bench-").FullName;
        try
        {
            return await RunInAsync(path, options, output, stop);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static async Task<int> RunInAsync(
        string path, ScaleBenchOptions options, TextWriter output, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var settings = ServerSettings.Load(null, [("data-dir", $"\"{path}\""), ("api.listen", "[\"127.0.0.1:0\"]")]);
        using var directory = DataDirectory.Open(path);
        var time = TimeProvider.System;
        ILoggerFactory loggers = NullLoggerFactory.Instance;
        using var journal = SqliteJournalStore.Open(directory.Journal);
        using var pki = Gateway.Security.Pki.Open(directory.Pki, [], TimeProvider.System, NullLoggerFactory.Instance);
        using var writer = new WriterThread();
        await using var member = await Member.StartAsync(
            Server.PlaneOptions(settings, journal, writer, time, loggers, authorityPem: ""),
            JournalHost.Akka(settings, journal), Server.SetupsOf(settings, directory, pki), stop);
        var plane = member.Plane;
        await using var gateway = await GatewayServer.StartAsync(
            Server.GatewayOptionsOf(settings, directory),
            Server.ApiPortsOf(plane, NoLogs.Instance, time, loggers), stop);
        var nodes = Enumerable.Range(0, options.Nodes)
            .Select(i => new SimulatedNode(plane, $"node-{i:00000}", i, time).RunAsync(ending.Token)).ToList();
        await UntilAsync<Node>(plane, options.Nodes, node => true, options.TimeoutSeconds, stop);
        output.WriteLine($"{options.Nodes} simulated nodes are registered; creating {options.Pods} pods");

        using var client = BenchClient.Open(directory.Kubeconfig);
        var probe = ProbeAsync(client, ending.Token);
        var watch = Stopwatch.StartNew();
        var fill = UntilAsync<Pod>(
            plane, options.Pods, pod => pod.Status.Phase == "Running", options.TimeoutSeconds, stop);
        await CreateAsync(client, options, stop);
        var created = watch.Elapsed;
        await fill;
        var filled = watch.Elapsed;
        await ending.CancelAsync();
        await Task.WhenAll(nodes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Report(output, options, created, filled, await probe, directory.Journal, plane);
        return 0;
    }

    private static void Report(
        TextWriter output, ScaleBenchOptions options, TimeSpan created, TimeSpan filled, List<double> latencies,
        string log, ControlPlane plane)
    {
        latencies.Sort();
        var events = plane.View.Sequence;
        var logBytes = new FileInfo(log).Length + new FileInfo(log + "-wal").Length;
        using var self = Process.GetCurrentProcess();
        string Milliseconds(double share) => latencies.Count == 0
            ? "-"
            : latencies[(int)(share * (latencies.Count - 1))].ToString("0.0", CultureInfo.InvariantCulture);

        output.WriteLine($"Deployments accepted       {created.TotalSeconds:0.00} s");
        output.WriteLine($"all pods Running           {filled.TotalSeconds:0.00} s");
        output.WriteLine($"create to Running          {options.Pods / filled.TotalSeconds:0} pods/s");
        output.WriteLine($"API write during the fill  p50 {Milliseconds(0.5)} ms, p99 {Milliseconds(0.99)} ms, "
            + $"max {Milliseconds(1)} ms ({latencies.Count} writes)");
        output.WriteLine($"log                        {events / (double)options.Pods:0.0} events and "
            + $"{logBytes / options.Pods} bytes a pod");
        output.WriteLine($"memory                     {self.WorkingSet64 >> 20} MiB resident, "
            + $"{GC.GetTotalMemory(forceFullCollection: true) >> 20} MiB live objects");
        output.WriteLine($"processor                  {self.TotalProcessorTime.TotalSeconds:0.0} s in all; collections "
            + $"{GC.CollectionCount(0)}/{GC.CollectionCount(1)}/{GC.CollectionCount(2)}, "
            + $"{GC.GetTotalPauseDuration().TotalSeconds:0.0} s paused");
    }

    private static async Task CreateAsync(BenchClient client, ScaleBenchOptions options, CancellationToken stop)
    {
        var count = (options.Pods + options.PodsPerDeployment - 1) / options.PodsPerDeployment;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = ParallelCreates, CancellationToken = stop },
            async (i, cancellation) =>
            {
                var replicas = Math.Min(options.PodsPerDeployment, options.Pods - i * options.PodsPerDeployment);
                await client.PostAsync(
                    "/apis/apps/v1/namespaces/default/deployments", Deployment($"load-{i:0000}", replicas),
                    cancellation);
            });
    }

    private static string Deployment(string name, int replicas) =>
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME"},"spec":{"replicas":REPLICAS,
        "selector":{"matchLabels":{"app":"NAME"}},"template":{"metadata":{"labels":{"app":"NAME"}},"spec":{
        "containers":[{"name":"main","image":"nginx:1.25","resources":{"requests":{"cpu":"100m","memory":"64Mi"}}}]}}}}
        """
            .Replace("NAME", name, StringComparison.Ordinal)
            .Replace("REPLICAS", replicas.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>Writes one ConfigMap after another at a steady pace, and returns how long each took in ms.</summary>
    private static async Task<List<double>> ProbeAsync(BenchClient client, CancellationToken stop)
    {
        var latencies = new List<double>();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                var name = i.ToString(CultureInfo.InvariantCulture);
                await client.PostAsync(
                    "/api/v1/namespaces/default/configmaps",
                    $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"probe-{{{name}}}"}}""", stop);
                latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                await Task.Delay(ProbeInterval, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
        }

        return latencies;
    }

    private static async Task UntilAsync<T>(
        ControlPlane plane, int count, Func<T, bool> isDone, int timeoutSeconds, CancellationToken stop)
        where T : KubeObject
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(TimeSpan.FromSeconds(timeoutSeconds));
        var (snapshot, changes) = plane.View.ListAndWatch(KindRegistry.Of<T>(), null);
        var done = snapshot.Objects.OfType<T>().Where(isDone).Select(value => value.Metadata.Uid!).ToHashSet();
        using (changes)
        {
            while (done.Count < count)
            {
                try
                {
                    var change = await changes.Changes.ReadAsync(timeout.Token);
                    if (change.New is T now && isDone(now))
                    {
                        done.Add(now.Metadata.Uid!);
                    }
                }
                catch (OperationCanceledException) when (!stop.IsCancellationRequested)
                {
                    throw new ServerStartException(
                        $"only {done.Count} of {count} {KindRegistry.Of<T>().Plural} "
                        + $"were done after {timeoutSeconds} s");
                }
            }
        }
    }
}
