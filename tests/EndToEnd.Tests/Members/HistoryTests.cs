using System.Diagnostics;
using System.Globalization;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>What befalls a member, or the database, while clients write.</summary>
internal enum Fault
{
    Killed,
    Frozen,
    CutFromDatabase,
    RefusedByDatabase,
    CutFromPeers,
    CutOneWay,
    DatabaseRestarted,
}

/// <summary>Random faults under load, judged by <see cref="HistoryChecker"/>; scripts/members runs more of
/// them.</summary>
public sealed class HistoryTests
{
    private static readonly int Rounds = MembersRun.Number("ROUNDS", 4);
    private static readonly int Seed = MembersRun.Number("SEED", 20261129);
    private static readonly TimeSpan LoadBefore = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FaultMin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FaultMax = TimeSpan.FromSeconds(6);

    /// <summary>A member that the others gave up needs a moment to find out.</summary>
    private static readonly TimeSpan LoadAfter = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task Random_faults_under_load_lose_and_double_nothing()
    {
        MembersRun.Report($"seed {Seed}, {Rounds} rounds");
        await using var cluster = await MemberCluster.StartAsync();
        var kubectl = cluster.Members[0].Kubectl();
        MembersRun.Report("the members are ready");
        foreach (var name in new[] { "busy0", "busy1" })
        {
            await kubectl.CreateAsync(Manifests.Deployment(
                name, 1, container: "command: [sleep, \"100000\"]\n"));
        }
        await using var recorder = await HistoryRecorder.StartAsync(
            cluster.Members, cluster.Postgres, Seed);
        var random = new Random(Seed);
        foreach (var round in Enumerable.Range(1, Rounds))
        {
            var fault = (Fault)random.Next(Enum.GetValues<Fault>().Length);
            var victim = cluster.Members[random.Next(cluster.Members.Count)];
            var length = FaultMin + random.NextDouble() * (FaultMax - FaultMin);
            var started = Stopwatch.GetTimestamp();
            using var stop = new CancellationTokenSource();
            var load = recorder.WriteAsync(stop.Token);
            await Task.Delay(LoadBefore, TestContext.Current.CancellationToken);
            var before = recorder.Acknowledged;
            await BefallAsync(cluster, fault, victim, length);
            await Task.Delay(LoadAfter, TestContext.Current.CancellationToken);
            await cluster.UntilAllReadyAsync();
            await stop.CancelAsync();
            await load;
            await cluster.UntilAllReadyAsync();
            var history = await recorder.ReadAsync();
            MembersRun.Report(string.Create(CultureInfo.InvariantCulture,
                $"round {round}: {fault} {victim.Number} for {length.TotalSeconds:0.0} s; "
                + $"{recorder.Acknowledged - before} acknowledged from then on, {recorder.Unknown} unknown in all, "
                + $"{history.Rows.Count} rows; {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s"));
            var problems = HistoryChecker.Problems(history);
            problems.ToList().ForEach(MembersRun.Report);
            Assert.True(problems.Count == 0,
                $"seed {Seed}, round {round}:\n{string.Join('\n', problems.Take(20))}\n{cluster.Logs()}");
            Assert.True(recorder.Acknowledged > before, $"seed {Seed}, round {round}: no write was acknowledged");
        }
    }

    private static async Task BefallAsync(MemberCluster cluster, Fault fault, ControlMember victim, TimeSpan length)
    {
        switch (fault)
        {
            case Fault.Killed when victim.IsRunning:
                await victim.KillAsync();
                break;
            case Fault.Frozen when victim.IsRunning:
                await victim.FreezeAsync();
                break;
            case Fault.CutFromDatabase or Fault.RefusedByDatabase:
                await cluster.CutFromDatabaseAsync(victim, fault == Fault.RefusedByDatabase);
                break;
            case Fault.CutFromPeers or Fault.CutOneWay:
                await cluster.Segment.CutFromPeersAsync(victim.Number, fault == Fault.CutOneWay);
                break;
            case Fault.DatabaseRestarted:
                await cluster.Postgres.RestartAsync();
                break;
        }
        await Task.Delay(length, TestContext.Current.CancellationToken);
        if (fault == Fault.Frozen && victim.IsRunning)
        {
            await victim.ThawAsync();
        }

        await cluster.Segment.MendAsync(victim.Number);
    }
}
