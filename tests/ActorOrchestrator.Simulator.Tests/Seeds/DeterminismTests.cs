using System.Diagnostics;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Tests.Seeds;

/// <summary>The same seed gives the same trace to the byte: also in another process, where hashes of texts are
/// others.</summary>
public sealed class DeterminismTests
{
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData(7)]
    [InlineData(38)]
    public void Two_processes_print_the_same_trace(int seed)
    {
        var first = Trace(seed);
        var second = Trace(seed);

        Assert.True(first.Length > 100_000, $"a trace of {first.Length} characters proves little");
        Assert.Equal(FirstDifference(first, first), FirstDifference(first, second));
    }

    [Fact]
    public void Runs_side_by_side_do_not_touch_each_other()
    {
        ulong[] seeds = [3, 4, 3, 4];
        var fingerprints = new SortedDictionary<ulong, HashSet<ulong>>();
        Campaign.Run(
            seeds.Select(seed => SimulationOptions.Draw(seed, hours: 0.3)), 4, (verdict, _) =>
            {
                fingerprints.TryAdd(verdict.Options.Seed, []);
                fingerprints[verdict.Options.Seed].Add(verdict.Fingerprint);
                return true;
            },
            TestContext.Current.CancellationToken);

        Assert.Equal([1, 1], fingerprints.Values.Select(seen => seen.Count));
        Assert.NotEqual(fingerprints[3].Single(), fingerprints[4].Single());
    }

    [Fact]
    public void Leaving_an_operation_out_changes_no_draw_of_the_others()
    {
        var whole = Simulation.Run(SimulationOptions.Draw(5, hours: 0.5));
        var only = whole.Happenings.Where((_, index) => index != 1).ToHashSet(StringComparer.Ordinal);

        var less = Simulation.Run(whole.Options with { Only = only });

        Assert.Equal(only.Order(StringComparer.Ordinal), less.Happenings.Order(StringComparer.Ordinal));
    }

    private static string Trace(int seed)
    {
        var start = new ProcessStartInfo(Executable(), ["simulate", "--seed", $"{seed}", "--hours", "0.5"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("no process");
        var text = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(RunMax), $"simulate --seed {seed} has not ended within {RunMax}");
        Assert.Equal(0, process.ExitCode);
        return text;
    }

    /// <summary>The executable of this build, which stands beside the tests' own folder.</summary>
    private static string Executable()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, "ActorOrchestrator.Host", own.Name, "orchestrator");
    }

    private static string FirstDifference(string expected, string actual)
    {
        var (left, right) = (expected.Split('\n'), actual.Split('\n'));
        var line = Enumerable.Range(0, Math.Min(left.Length, right.Length))
            .Cast<int?>().FirstOrDefault(i => left[i!.Value] != right[i.Value]);
        return line is { } at ? $"line {at + 1}: {left[at]} | {right[at]}" : $"{left.Length} lines";
    }
}
