using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>What scripts/test does about tests that were killed.</summary>
public sealed class LeftoverTests
{
    [Fact]
    public async Task Servers_databases_and_networks_of_a_killed_test_are_ended()
    {
        var root = Places.NewScratch("left");
        File.SetUnixFileMode(root, File.GetUnixFileMode(root) | UnixFileMode.OtherExecute);
        var scratch = Directory.CreateDirectory(Path.Combine(root, "ao-members-x")).FullName;
        var segment = await Segment.MakeAsync(1, scratch);
        var database = await Postgres.StartAsync(segment.Host, 5432, root);
        var data = Path.Combine(scratch, "1/data");
        using var server = Tool.Start(
            segment.Inside(1)[0],
            [.. segment.Inside(1).Skip(1), Places.Orchestrator, "server", "--runtime", "process",
                "--data-dir", data, "--listen", $"{segment.Address(1)}:6443"],
            environment: null);
        await Eventually.HoldsAsync("the server", () => File.Exists(Path.Combine(data, "admin.kubeconfig")));
        Assert.Single(await database.QueryAsync("select 1"));

        var names = await File.ReadAllLinesAsync(
            Path.Combine(scratch, "segment"), TestContext.Current.CancellationToken);
        // Its namespace, its bridge for a slow link, and the network.
        Assert.Equal(3, names.Length);
        var ended = await Tool.RunAsync("bash", ["-c",
            """
            set -euo pipefail
            . "$1/scripts/lib/common.sh"
            . "$1/scripts/lib/leftovers.sh"
            end_leftovers "$2"
            """, "end", Places.Repository, root]);
        ended.Ok();
        Assert.True(server.HasExited);
        Assert.False(Directory.Exists(root), ended.ToString());
        foreach (var name in names.Select(line => line.Split(' ')))
        {
            (await Tool.RunAsync("ip", [name[0], name[0] == "link" ? "show" : "pids", name[1]])).Fails("");
        }

        Assert.DoesNotContain(
            (await Tool.RunAsync("ps", ["-eo", "args"])).Lines, line => line.Contains(root, StringComparison.Ordinal));
    }
}
