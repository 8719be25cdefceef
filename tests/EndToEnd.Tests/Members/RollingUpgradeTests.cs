using System.Diagnostics;
using System.Globalization;
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

    /// <summary>Where the machine gives a member no processor for seconds, the others remove it without the test's doing:
    /// then it is done anew.</summary>
    private static async Task RollAsync(
        JoinedCluster cluster, HistoryRecorder recorder, string executable, string app)
    {
        for (var attempt = 1; ; attempt++)
        {
            MembersRun.Report($"{app}, attempt {attempt}");
            await Task.WhenAll(cluster.Members.Select(member => member.UntilReadyAsync()));
            await PrepareAsync(cluster, app);
            var problems = await TryRollAsync(cluster, recorder, executable, app);
            var removed = cluster.Members.Where(member => !member.IsRunning).ToList();
            if (removed.Count == 0 || attempt == Attempts)
            {
                Assert.True(problems.Count == 0, string.Join('\n', problems.Take(30)));
                Assert.Empty(removed);
                return;
            }

            MembersRun.Report($"members were removed: {string.Join(", ", removed.Select(member => member.Number))}");
        }
    }

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

    private static async Task ReplaceAsync(ControlMember member, string executable)
    {
        var began = Stopwatch.GetTimestamp();
        await member.StopAsync();
        var stopped = Stopwatch.GetElapsedTime(began);
        Assert.Equal(0, member.ExitCode);
        member.Executable = executable;
        if (member.Arguments is ["join", ..])
        {
            member.Arguments = ["server", "--data-dir", member.DataDirectory];
        }

        member.Launch();
        await member.UntilReadyAsync();
        var ready = Stopwatch.GetElapsedTime(began) - stopped;
        MembersRun.Report(string.Create(CultureInfo.InvariantCulture,
            $"member {member.Number} stopped in {stopped.TotalSeconds:0.0} s, ready {ready.TotalSeconds:0.0} s later"));
    }
}
