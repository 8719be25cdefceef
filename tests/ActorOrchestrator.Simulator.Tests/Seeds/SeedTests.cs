using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Tests.Seeds;

/// <summary>Whole clusters on virtual time, each held against every guarantee.</summary>
public sealed class SeedTests
{
    private const ulong SeedsMax = 200;

    /// <summary>What failed is reduced before it is shown, within so many more runs.</summary>
    private const int ShrinkRunsMax = 40;

    private static readonly TimeSpan ShrinkLongest = TimeSpan.FromMinutes(3);

    [Fact]
    public void Two_hundred_seeds_of_one_virtual_hour_break_no_guarantee() =>
        Holds(Enumerable.Range(1, (int)SeedsMax).Select(seed => SimulationOptions.Draw((ulong)seed)));

    [Fact]
    public void Seeds_that_ever_failed_pass()
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "seeds.txt"));
        Holds([.. lines.Select(SeedLine.Parse).OfType<SimulationOptions>()]);
    }

    /// <summary>Bugs need time to happen: a run that did nothing would pass too.</summary>
    [Fact]
    public void Runs_have_load_faults_and_restarts()
    {
        var verdicts = Enumerable.Range(1, 8).Select(seed => Simulation.Run(
            SimulationOptions.Draw((ulong)seed, hours: 0.5))).ToList();

        Assert.True(verdicts.Sum(verdict => verdict.Operations) > 100, "there is hardly any load");
        Assert.True(verdicts.Sum(verdict => verdict.Events) > 2_000, "hardly anything is written");
        Assert.True(verdicts.SelectMany(verdict => verdict.Faults.Keys).Distinct().Count() > 10, "faults are few");
        Assert.Contains(verdicts, verdict => verdict.Lives > 1);
    }

    private static void Holds(IEnumerable<SimulationOptions> runs)
    {
        var failures = new List<Verdict>();
        var count = 0;
        Campaign.Run(
            runs, Environment.ProcessorCount, (verdict, _) =>
            {
                count++;
                if (!verdict.HasPassed)
                {
                    failures.Add(verdict);
                }

                return failures.Count < 3;
            },
            TestContext.Current.CancellationToken);

        Assert.True(count > 0, "no seed was run");
        Assert.True(failures.Count == 0, string.Join('\n', failures.Select(Explain)));
    }

    private static string Explain(Verdict failing)
    {
        var smallest = new Shrinker(ShrinkRunsMax, ShrinkLongest).Shrink(failing);
        return $"""
            orchestrator simulate --seed {failing.Options.Seed} --hours {failing.Options.Hours}: {failing.Failure}
            reduced to: {SeedLine.Of(smallest.Options)}
            {string.Join('\n', smallest.Tail.TakeLast(25))}
            """;
    }
}
