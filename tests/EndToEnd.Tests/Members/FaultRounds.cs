using System.Diagnostics;
using System.Globalization;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>What befalls a machine, or the database, while clients write.</summary>
internal enum Fault
{
    Killed,
    Frozen,
    CutFromDatabase,
    RefusedByDatabase,
    CutFromPeers,
    CutOneWay,
    DatabaseRestarted,
    CutOff,
    Slow,
    ClockSkewed,

    /// <summary>Of real machines only: with containerd and all containers.</summary>
    PowerLost,
}

/// <summary>One fault after the other befalls a cluster while clients write, as a seed says; after each all comes to
/// rest and is judged by <see cref="HistoryChecker"/>.</summary>
internal static class FaultRounds
{
    /// <summary>A setting of the cluster: the journal is judged as a whole, so none of it may be trimmed.</summary>
    public const string KeepRows = "journal.watch-window-size=100GiB";

    private static readonly int Seed = MembersRun.Number("SEED", 20261129);
    private static readonly TimeSpan LoadBefore = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FaultMin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FaultMax = TimeSpan.FromSeconds(6);

    /// <summary>With what the wire is to the other side and back, 200 ms.</summary>
    private static readonly TimeSpan SlowDelay = TimeSpan.FromMilliseconds(100);

    private const double SlowLoss = 0.1;

    /// <summary>A clock that nobody sets right may be wrong by that, either way.</summary>
    private static readonly TimeSpan SkewMax = TimeSpan.FromMinutes(10);

    /// <summary>A member that the others gave up needs a moment to find out.</summary>
    private static readonly TimeSpan LoadAfter = TimeSpan.FromSeconds(4);

    /// <param name="ground">What they befall.</param>
    /// <param name="usual">How many, if nobody says it.</param>
    public static async Task RunAsync(IFaultGround ground, int usual)
    {
        var rounds = MembersRun.Number("ROUNDS", usual);
        MembersRun.Report($"seed {Seed}, {rounds} rounds, {ground.Machines.Count} machines that are ready");
        await using var recorder = await HistoryRecorder.StartAsync(
            ground.Members, ground.Postgres, Seed, ground.Workload);
        var random = new Random(Seed);
        var deck = new Queue<Fault>();
        foreach (var round in Enumerable.Range(1, rounds))
        {
            if (deck.Count == 0)
            {
                deck = new(Shuffled(random).Where(each => each != Fault.PowerLost || ground.Workload is not null));
            }

            await RoundAsync(ground, recorder, round, Blow.Draw(deck.Dequeue(), ground, random));
        }
    }

    /// <summary>Each as often as the others.</summary>
    private static Fault[] Shuffled(Random random)
    {
        var all = Enum.GetValues<Fault>();
        random.Shuffle(all);
        return all;
    }

    private static async Task RoundAsync(IFaultGround ground, HistoryRecorder recorder, int round, Blow blow)
    {
        var started = Stopwatch.GetTimestamp();
        var launches = ground.Machines.Sum(machine => machine.Launches);
        using var stop = new CancellationTokenSource();
        await (ground.Workload?.NextJobAsync() ?? Task.CompletedTask);
        var load = recorder.WriteAsync(stop.Token);
        await Task.Delay(LoadBefore, TestContext.Current.CancellationToken);
        var before = recorder.Acknowledged;
        await blow.FallAsync(ground);
        var mended = Stopwatch.GetTimestamp();
        await Task.Delay(LoadAfter, TestContext.Current.CancellationToken);
        await ground.UntilAllReadyAsync();
        await stop.CancelAsync();
        await load;
        await ground.UntilAllReadyAsync();
        var history = await recorder.ReadAsync();
        MembersRun.Report(string.Create(CultureInfo.InvariantCulture,
            $"round {round}: {blow}; {recorder.Acknowledged - before} acknowledged from then on, {recorder.Unknown} "
            + $"unknown in all, {history.Rows.Count} rows, {history.Runs?.Starts.Count ?? 0} containers; "
            + $"{ground.Machines.Sum(machine => machine.Launches) - launches} started again, at rest after "
            + $"{Stopwatch.GetElapsedTime(mended).TotalSeconds:0.0} s; "
            + $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0} s"));
        var problems = HistoryChecker.Problems(history);
        problems.ToList().ForEach(MembersRun.Report);
        Assert.True(problems.Count == 0,
            $"seed {Seed}, round {round}:\n{string.Join('\n', problems.Take(20))}\n{ground.Logs()}");
        Assert.True(recorder.Acknowledged > before, $"seed {Seed}, round {round}: no write was acknowledged");
    }

    /// <summary>One fault of one machine, for a time.</summary>
    private sealed record Blow(Fault Fault, ServerProcess Victim, TimeSpan Length, TimeSpan Skew)
    {
        public static Blow Draw(Fault fault, IFaultGround ground, Random random)
        {
            var isOfMembers = fault is Fault.CutFromDatabase or Fault.RefusedByDatabase;
            var victims = isOfMembers ? ground.Members : ground.Machines;
            return new(
                fault, victims[random.Next(victims.Count)], FaultMin + random.NextDouble() * (FaultMax - FaultMin),
                (2 * random.NextDouble() - 1) * SkewMax);
        }

        public async Task FallAsync(IFaultGround ground)
        {
            await BeginAsync(ground);
            await Task.Delay(Length, TestContext.Current.CancellationToken);
            if (Fault == Fault.Frozen && Victim.IsRunning)
            {
                await Victim.ThawAsync();
            }

            Victim.Clock!.Set(TimeSpan.Zero);
            await ground.Segment.MendAsync(Victim.Number);
        }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Fault} {Victim.Number}{(Fault == Fault.ClockSkewed ? $" by {Skew.TotalSeconds:0} s" : "")} for "
            + $"{Length.TotalSeconds:0.0} s");

        private async Task BeginAsync(IFaultGround ground)
        {
            switch (Fault)
            {
                case Fault.Killed when Victim.IsRunning:
                    await Victim.KillAsync();
                    break;
                case Fault.Frozen when Victim.IsRunning:
                    await Victim.FreezeAsync();
                    break;
                case Fault.CutFromDatabase or Fault.RefusedByDatabase:
                    await ground.Segment.CutFromHostAsync(
                        Victim.Number, ground.Postgres.Port, Fault == Fault.RefusedByDatabase);
                    break;
                case Fault.CutFromPeers or Fault.CutOneWay:
                    await ground.Segment.CutFromPeersAsync(Victim.Number, Fault == Fault.CutOneWay);
                    break;
                case Fault.CutOff:
                    await ground.Segment.CutOffAsync(Victim.Number);
                    break;
                case Fault.Slow:
                    await ground.Segment.SlowAsync(Victim.Number, SlowDelay, SlowLoss);
                    break;
                case Fault.ClockSkewed:
                    Victim.Clock!.Set(Skew);
                    break;
                case Fault.DatabaseRestarted:
                    await ground.Postgres.RestartAsync();
                    break;
                case Fault.PowerLost:
                    await ground.PowerOffAsync(Victim);
                    break;
            }
        }
    }
}
