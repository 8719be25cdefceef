using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Faults;

/// <summary>The server is told to stop before it has come to its feet.</summary>
public sealed class SignalTests
{
    private const int Starts = 60;
    private const int Seed = 20261126;

    /// <summary>The shell's code of a process that SIGTERM ended by its default action.</summary>
    private const int TerminatedCode = 143;

    private static readonly TimeSpan LatestSignal = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task One_sigterm_ends_the_server_at_whatever_instant_of_its_start()
    {
        await using var cluster = Cluster.Prepare(new() { Containers = false });
        var random = new Random(Seed);
        var codes = new SortedDictionary<int, int>();
        foreach (var number in Enumerable.Range(0, Starts))
        {
            var server = cluster.Launch();
            var delay = random.NextDouble() * LatestSignal;
            await Task.Delay(delay, TestContext.Current.CancellationToken);
            (await Tool.RunAsync("/bin/kill", ["-TERM", $"{server.Id}"])).Ok();
            await Eventually.HoldsAsync(
                $"the end of start {number}, told to stop after {delay.TotalMilliseconds:0} ms (seed {Seed})",
                () => server.HasExited, EndBound);
            codes[server.ExitCode] = codes.GetValueOrDefault(server.ExitCode) + 1;
        }

        Assert.Subset(new HashSet<int> { 0, TerminatedCode }, codes.Keys.ToHashSet());
        await cluster.StartServerAsync();
        await cluster.Kubectl().CreateAsync(Manifests.ConfigMap("serves", ("a", "1")));
        Assert.Equal(0, await cluster.StopServerAsync());
    }
}
