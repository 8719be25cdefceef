using System.Globalization;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Faults;

/// <summary>Guarantee G8 on the real thing: each pod's end counts once for its Job, whatever dies when. bench/jobs runs
/// it at its full size.</summary>
public sealed class JobCrashTests
{
    [Theory]
    [InlineData("process", 40)]
    [InlineData("containerd", 10)]
    public async Task Short_jobs_are_counted_once_although_the_server_is_killed(string runtime, int jobs)
    {
        jobs = Setting($"JOBS_{runtime.ToUpperInvariant()}", jobs);
        await using var cluster = await Cluster.StartAsync(new ClusterOptions { Containers = runtime == "containerd" });
        var marks = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(cluster.LogFile)!, "marks")).FullName;
        var storm = new JobStorm(cluster, marks, jobs, Setting("JOBS_KILLS", 3));
        await storm.RunAsync();

        var problems = await storm.ProblemsAsync();
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(20)));
        if (Environment.GetEnvironmentVariable("ACTOR_ORCHESTRATOR_JOBS_REPORT") is { } report)
        {
            await File.AppendAllTextAsync(
                report, storm.Figures(runtime) + "\n", TestContext.Current.CancellationToken);
        }
    }

    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable($"ACTOR_ORCHESTRATOR_{name}") is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : usual;
}
