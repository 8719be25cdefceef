using System.Globalization;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Faults;

/// <summary>What scripts/down --purge, and 'orchestrator reset' below it, leave behind: nothing.</summary>
public sealed class PurgeTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(15);

    [Theory]
    [InlineData("orderly")]
    [InlineData("killed")]
    public async Task The_machine_is_as_before(string end)
    {
        var scratch = Places.NewScratch("purge");
        try
        {
            // The namespaces' first process takes all others with it, whatever happens in a test.
            var run = await Tool.RunAsync(
                "unshare",
                [
                    "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash",
                    Path.Combine(Places.Repository, "tests/EndToEnd.Tests/Faults/purge.sh"),
                    Places.Repository, scratch, end,
                ],
                timeout: Bound);
            run.Ok().Says("precious", "as before");
            Assert.True(Figure(run, "published: ") >= 2, run.ToString());
            Assert.True(Figure(run, "groups: ") >= 1, run.ToString());
            Assert.True(Figure(run, "different while it ran: ") >= 50, run.ToString());
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    [Fact]
    public async Task Processes_of_a_killed_server_end_too()
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false });
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifests.Pod("p", "sleep 100001 & exec sleep 100002"));
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        (await ResetAsync(cluster.DataDirectory)).Fails("another server runs on");
        await cluster.KillServerAsync();
        Assert.Equal(2, SleepsOf(cluster.DataDirectory).Count);
        (await ResetAsync(cluster.DataDirectory)).Ok();
        Assert.Empty(SleepsOf(cluster.DataDirectory));
        Assert.False(Directory.Exists(cluster.DataDirectory));
    }

    [Fact]
    public async Task Only_a_data_directory_is_removed()
    {
        var scratch = Places.NewScratch("reset");
        (await ResetAsync(scratch)).Fails("holds no cluster", "nothing was removed");
        (await ResetAsync(Path.Combine(scratch, "absent"))).Fails("holds no cluster");
        Directory.Delete(scratch);
    }

    private static Task<Output> ResetAsync(string directory) =>
        Tool.RunAsync(Places.Orchestrator, ["reset", "--data-dir", directory]);

    private static int Figure(Output run, string label) => int.Parse(
        run.Lines.Single(line => line.StartsWith(label, StringComparison.Ordinal))[label.Length..],
        CultureInfo.InvariantCulture);

    /// <summary>Process ids of the pod's commands, which this test alone starts.</summary>
    private static List<string> SleepsOf(string dataDirectory) =>
        [.. Directory.EnumerateDirectories("/proc")
            .Where(process => IsSleep(process) && IsBelow(process, dataDirectory))];

    private static bool IsSleep(string process) =>
        ReadOrEmpty($"{process}/cmdline") is "sleep\0100001\0" or "sleep\0100002\0";

    /// <summary>Its output goes to a file of the container.</summary>
    private static bool IsBelow(string process, string directory)
    {
        try
        {
            return new FileInfo($"{process}/fd/1").LinkTarget?.StartsWith(directory, StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
