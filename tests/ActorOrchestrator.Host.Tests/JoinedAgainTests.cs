using System.CommandLine;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Joining;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Tests;

/// <summary>What 'orchestrator join' says on a machine that has joined, and of what it is given.</summary>
public sealed class JoinedAgainTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("joined-again-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("", "")]
    [InlineData("--node-name m2 --address 127.0.0.1", "")]
    [InlineData("--set node.labels.rack=7", "")]
    [InlineData("--journal postgresql://other:word@db/ours", "")]
    [InlineData("--node-name m3", "node.name")]
    [InlineData("--address 127.0.0.2 --node-name m2", "cluster.address")]
    [InlineData("--set node.labels.rack=8", "node.labels.rack")]
    [InlineData("--set node.labels.row=1", "node.labels.row")]
    [InlineData("--journal postgresql://me@elsewhere/ours", "journal.connection")]
    public void It_goes_on_only_as_it_was(string options, string differing)
    {
        MemberFile.Write(
            _root, new JoinGrant { Journal = "Host=db;Database=ours;Username=me", Settings = "" },
            [
                ("node.name", HoconText.Quote("m2")), ("cluster.address", HoconText.Quote("127.0.0.1")),
                ("node.labels.rack", "7"),
            ]);
        var given = Read(options);
        if (differing.Length == 0)
        {
            Assert.Contains(
                "'orchestrator reset' first", JoinedDirectory.GoesOn(_root, given), StringComparison.Ordinal);
            return;
        }

        var refused = Assert.Throws<ServerStartException>(() => JoinedDirectory.GoesOn(_root, given));
        Assert.Contains($"given now for {differing}. Nothing was changed", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'orchestrator reset'", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>198.51.100.0/24 is for documentation (RFC 5737).</summary>
    [Fact]
    public void An_address_of_another_machine_is_refused()
    {
        var refused = Assert.Throws<SettingsException>(() => Read("--address 198.51.100.7"));
        Assert.Contains("--address 198.51.100.7: this machine has no such address", refused.Message,
            StringComparison.Ordinal);
        Assert.Throws<SettingsException>(() => Read("--address 198.51.100.7", isNode: true));
        Assert.Contains(("node.addresses", "[\"127.0.0.3\"]"), Read("--address 127.0.0.3", isNode: true));
    }

    /// <summary>The package's settings of the service stand over what a join wrote.</summary>
    [Fact]
    public void The_packages_settings_leave_the_members_that_a_join_found()
    {
        MemberFile.WriteNode(_root, "", [("control.members", HoconText.Quote(["10.0.0.1:6443"]))]);
        var settings = ServerSettings.Load(Packaged("node.conf"), MachineOptions.DataDirectory(_root));
        Assert.Equal("10.0.0.1:6443", Assert.Single(settings.Control.Members).Authority);
    }

    private static string Packaged(string name)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (Path.Combine(at.FullName, "packaging", name) is var file && File.Exists(file))
            {
                return file;
            }
        }

        throw new InvalidOperationException($"no packaging/{name} above {AppContext.BaseDirectory}");
    }

    private static List<(string Path, string Value)> Read(string options, bool isNode = false)
    {
        var (machine, member) = (new MachineOptions(), new MemberOptions());
        var command = new Command("join");
        member.AddTo(command);
        machine.AddTo(command);
        var result = command.Parse(options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(result.Errors);
        return [.. isNode ? member.ReadOfNode(result) : member.Read(result), .. machine.Read(result)];
    }
}
