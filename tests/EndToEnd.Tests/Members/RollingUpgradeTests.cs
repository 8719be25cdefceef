using System.Diagnostics;
using System.Globalization;
using System.Net;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>
/// All members are replaced, one after the other, while clients write, read and watch. scripts/upgrade does it with the
/// executable of another commit, there and back.
/// </summary>
public sealed class RollingUpgradeTests
{
    private const int Replicas = 6;
    private const int Members = 3;
    private const int Attempts = 3;
    private static readonly string Old = MembersRun.Text("OLD");
    private static readonly int Rounds = MembersRun.Number("ROUNDS", 1);
    private static readonly int Seed = MembersRun.Number("SEED", 20261201);
    private static readonly TimeSpan LoadBetween = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Members_are_replaced_under_load_without_a_failed_request()
    {
        var old = Old.Length > 0 ? Old : Places.Orchestrator;
        await using var cluster = await JoinedCluster.OfAsync(old);
        var token = await cluster.TokenAsync("--ttl", "1h");
        while (cluster.Members.Count < Members)
        {
            await cluster.JoinAsync(token);
        }

        await using var recorder = await HistoryRecorder.StartAsync(cluster.Members, cluster.Postgres, Seed);
        foreach (var round in Enumerable.Range(1, Rounds))
        {
            await RollAsync(cluster, recorder, Places.Orchestrator, $"to-new-{round}");
            if (Old.Length > 0)
            {
                await RollAsync(cluster, recorder, Old, $"to-old-{round}");
            }
        }
    }

    [Fact]
    public async Task A_member_ends_with_words_at_what_only_a_newer_release_reads()
    {
        await using var cluster = await JoinedCluster.StartAsync();
        var member = cluster.First;
        await member.Kubectl().OkAsync("create", "configmap", "kept", "--from-literal=a=b");
        await cluster.Postgres.QueryAsync(
            """
            INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier,
                writer_uuid)
            VALUES (0, false, 'configmaps/default/moved', 1, '{}'::bytea, 'configmaps:object-moved.v1', 7301, 'newer')
            """);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            Assert.Contains(
                "the journal holds an event \"object-moved.v1\" of configmaps that this release does not know: a newer "
                + "release wrote it, which is to be installed on this machine",
                await member.UntilEndedAsync(), StringComparison.Ordinal);
            Assert.Equal(78, member.ExitCode);
            member.Launch();
        }

        await member.UntilEndedAsync();
        await cluster.Postgres.QueryAsync("DELETE FROM journal WHERE persistence_id = 'configmaps/default/moved'");
        await member.UntilReadyAsync();
        Assert.Contains("kept", (await member.Kubectl().OkAsync("get", "configmaps")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_that_stops_is_not_ready_first_and_serves_on_for_as_long_as_it_is_told_to()
    {
        await using var cluster = await JoinedCluster.WithAsync("api.shutdown-delay = 5s");
        using var api = cluster.First.Api();
        var began = Stopwatch.GetTimestamp();
        var stopping = cluster.First.StopAsync();
        await Eventually.BecomesAsync(
            "the member to say that it stops", () => api.SendAsync(HttpMethod.Get, "/readyz", null, null),
            ready => $"{ready}".Contains("[-]shutdown failed: process is shutting down", StringComparison.Ordinal));
        var created = await api.SendAsync(
            HttpMethod.Post, HistoryRecorder.Maps,
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"late"}}""", "application/json");
        Assert.Equal(HttpStatusCode.Created, created.Code);
        var changes = new List<string>();
        await foreach (var change in api.WatchAsync(
            HistoryRecorder.Maps, "", TestContext.Current.CancellationToken, broken => changes.Add($"{broken}")))
        {
            changes.Add($"{change["object"]!["metadata"]!["name"]}");
        }

        Assert.Equal(["kube-root-ca.crt", "late"], changes.Order());
        await stopping;
        Assert.Equal(0, cluster.First.ExitCode);
        Assert.True(Stopwatch.GetElapsedTime(began) >= TimeSpan.FromSeconds(5));
    }

    /// <summary>Where the machine gives a member no processor for seconds, the others suspect or remove it without the
    /// test's doing: then what goes wrong says nothing, and it is done anew.</summary>
    private static async Task RollAsync(
        JoinedCluster cluster, HistoryRecorder recorder, string executable, string app)
    {
        for (var attempt = 1; ; attempt++)
        {
            MembersRun.Report($"{app}, attempt {attempt}");
            await Task.WhenAll(cluster.Members.Select(member => member.UntilReadyAsync()));
            await PrepareAsync(cluster, app);
            var before = Suspicions(cluster);
            var problems = await TryRollAsync(cluster, recorder, executable, app);
            var areThere = cluster.Members.All(member => member.IsRunning);
            if (areThere && problems.Count == 0)
            {
                return;
            }

            Assert.True(
                attempt < Attempts && (!areThere || Suspicions(cluster) > before),
                $"{string.Join('\n', problems.Take(30))}\nall members run: {areThere}");
            MembersRun.Report("members were suspected or removed");
        }
    }

    private static int Suspicions(JoinedCluster cluster) => cluster.Members.Sum(member =>
        File.ReadLines(member.LogFile).Count(line => line.Contains("UNREACHABLE", StringComparison.Ordinal)));

    private static async Task PrepareAsync(JoinedCluster cluster, string app)
    {
        using (var api = cluster.First.Api())
        {
            await api.UntilNodesAreReadyAsync(Members);
        }

        var kubectl = cluster.First.Kubectl();
        foreach (var (name, replicas) in new[] { (app, Replicas), ("busy0", 1), ("busy1", 1) })
        {
            await kubectl.ApplyAsync(Manifests.Deployment(
                name, replicas, container: "command: [sleep, \"100000\"]\n"));
            await kubectl.RolledOutAsync(name);
        }

        await kubectl.ApplyAsync($"{{apiVersion: v1, kind: Namespace, metadata: {{name: {UpgradeLoad.Namespace}}}}}");
        await kubectl.OkAsync("delete", "pods,configmaps", "--all", "--namespace", UpgradeLoad.Namespace);
    }

    /// <returns>What was not as it should be. Nothing where a member has ended by itself.</returns>
    private static async Task<IReadOnlyList<string>> TryRollAsync(
        JoinedCluster cluster, HistoryRecorder recorder, string executable, string app)
    {
        await using var pods = await PodsKept.StartAsync(cluster.Members, app);
        using var load = new UpgradeLoad(cluster.Members);
        using var stop = new CancellationTokenSource();
        var running = Task.WhenAll(load.RunAsync(stop.Token), recorder.WriteAsync(stop.Token));
        foreach (var member in cluster.Members)
        {
            await Task.Delay(LoadBetween, TestContext.Current.CancellationToken);
            if (cluster.Members.All(each => each.IsRunning))
            {
                await ReplaceAsync(member, executable);
            }
        }

        await Task.Delay(LoadBetween, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await running;
        if (!cluster.Members.All(each => each.IsRunning))
        {
            return [];
        }

        load.Counts.Report().ToList().ForEach(MembersRun.Report);
        MembersRun.Report(string.Create(CultureInfo.InvariantCulture,
            $"the scheduler was silent for {load.LeaderLongest:0.0} s at most; a watch of pods: {pods.Ends}; "
            + $"of other clients' writes {recorder.Acknowledged} acknowledged, {recorder.Unknown} not"));
        load.Counts.Failures.Take(20).ToList().ForEach(MembersRun.Report);
        await load.JudgeAsync(cluster.Members);
        return
        [
            .. load.Counts.Failures, .. load.Problems, .. await pods.JudgeAsync(),
            .. HistoryChecker.Problems(await recorder.ReadAsync()),
        ];
    }

    /// <summary>The same executable says that it is of another release, as a newer one would: Akka places shards by
    /// that.</summary>
    private static async Task ReplaceAsync(ControlMember member, string executable)
    {
        var began = Stopwatch.GetTimestamp();
        await member.StopAsync();
        var stopped = Stopwatch.GetElapsedTime(began);
        Assert.Equal(0, member.ExitCode);
        member.Executable = executable;
        string[] started = member.Arguments is ["server", ..] own
            ? [.. own]
            : ["server", "--data-dir", member.DataDirectory];
        member.Arguments = Old.Length > 0 ? started : [.. started, "--set", "akka.cluster.app-version=99.0.0"];
        member.Launch();
        await member.UntilReadyAsync();
        var ready = Stopwatch.GetElapsedTime(began) - stopped;
        MembersRun.Report(string.Create(CultureInfo.InvariantCulture,
            $"member {member.Number} stopped in {stopped.TotalSeconds:0.0} s, ready {ready.TotalSeconds:0.0} s later"));
    }
}
