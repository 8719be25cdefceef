using System.Text.RegularExpressions;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Operations;

/// <summary>The Debian package, installed below a directory of the test's own: nothing of this machine is
/// touched.</summary>
public sealed partial class PackageTests : IDisposable
{
    private const string Service = "orchestrator.service";

    private readonly string _scratch = Places.NewScratch("deb");

    private string Root => Path.Combine(_scratch, "root");

    private string Settings => Path.Combine(Root, "etc/orchestrator/orchestrator.conf");

    [Fact]
    public async Task An_upgrade_restarts_no_container_and_settings_and_data_outlive_it()
    {
        var (old, now) = (await PackageAsync("0.0.1"), await PackageAsync("0.0.2"));
        foreach (var directory in (string[])["var/lib/dpkg/updates", "var/lib/dpkg/info"])
        {
            Directory.CreateDirectory(Path.Combine(Root, directory));
        }

        File.WriteAllText(Path.Combine(Root, "var/lib/dpkg/status"), "");
        await DpkgAsync("--install", old);
        File.AppendAllText(Settings, "node.pods-max = 77\n");
        await using var settings = new SettingsFile();
        settings.Write($"include \"{Settings}\"");
        await using var cluster = await Cluster.StartAsync(new()
        {
            Executable = Path.Combine(Root, "usr/bin/orchestrator"), Settings = settings,
        });
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifests.Pod("stays", "exec sleep 100000"));
        await kubectl.WaitAsync("pod/stays", "condition=Ready");
        var before = await kubectl.PathAsync("pod/stays", ".status.containerStatuses[0].containerID");

        // As the unit's prerm and postinst do with a server that runs.
        await cluster.StopServerAsync();
        await DpkgAsync("--install", now);
        await cluster.StartServerAsync();
        await kubectl.WaitAsync("pod/stays", "condition=Ready");
        Assert.Equal(before, await kubectl.PathAsync("pod/stays", ".status.containerStatuses[0].containerID"));
        Assert.Equal("0", await kubectl.PathAsync("pod/stays", ".status.containerStatuses[0].restartCount"));
        Assert.Equal("77", await kubectl.PathAsync("nodes", ".items[*].status.capacity.pods"));
        Assert.EndsWith("node.pods-max = 77\n", File.ReadAllText(Settings), StringComparison.Ordinal);

        await cluster.StopServerAsync();
        await DpkgAsync("--remove", "actor-orchestrator");
        Assert.False(Path.Exists(Path.Combine(Root, "usr/bin/orchestrator")));
        Assert.True(File.Exists(Settings));
        await DpkgAsync("--purge", "actor-orchestrator");
        Assert.False(Path.Exists(Path.GetDirectoryName(Settings)));
    }

    [Fact]
    public async Task The_same_tree_gives_the_same_bytes()
    {
        var package = await PackageAsync("0.0.1");
        var bytes = File.ReadAllBytes(package);
        File.Delete(package);
        Assert.Equal(bytes, File.ReadAllBytes(await PackageAsync("0.0.1")));
    }

    [Fact]
    public async Task Lintian_finds_nothing_that_is_not_overridden_with_a_reason()
    {
        var package = await PackageAsync("0.0.1");
        (await Tool.RunAsync(
            "/usr/bin/lintian",
            ["--no-cfg", "--allow-root", "--display-info", "--fail-on", "error,warning,info", package],
            timeout: TimeSpan.FromMinutes(10))).Ok();
    }

    [Fact]
    public async Task What_its_documents_lead_to_is_in_it()
    {
        (await Tool.RunAsync("dpkg-deb", ["--extract", await PackageAsync("0.0.1"), Root])).Ok();
        var documents = Path.Combine(Root, "usr/share/doc/actor-orchestrator");
        var links = Directory.GetFiles(documents, "*.md")
            .SelectMany(document => Link().Matches(File.ReadAllText(document)))
            .Select(link => link.Groups["file"].Value).ToHashSet();
        Assert.Contains("operations.md", links);
        Assert.Contains("reference.conf", links);
        Assert.DoesNotContain(links, link => !File.Exists(Path.Combine(documents, link)));
        var operations = await File.ReadAllTextAsync(
            Path.Combine(documents, "operations.md"), TestContext.Current.CancellationToken);
        Assert.Contains("Why so: decision 25.", operations, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\]\((?<file>[^)\s#:]+)[^)\s:]*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    /// <summary>With something in the place of systemd that writes down what it is asked.</summary>
    [Fact]
    public async Task Only_what_ran_is_stopped_for_an_upgrade_and_started_after_it()
    {
        Assert.Equal(
            $"stop {Service}\nstart {Service}\n",
            await MaintainAsync(Service, "prerm upgrade 2", "postinst configure 1"));
        Assert.Equal("", await MaintainAsync("none", "prerm upgrade 2", "postinst configure 1"));
        Assert.Equal("", await MaintainAsync(Service, "postinst configure"));
        Assert.Equal(
            $"stop {Service}\n",
            await MaintainAsync(Service, "prerm remove", "postrm remove", "postinst configure 1"));
    }

    [Fact]
    public async Task A_service_tells_systemd_when_it_serves_and_when_it_stops()
    {
        var place = Path.Combine(_scratch, "notify");
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Dgram,
            System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(place));
        await using var cluster = await Cluster.StartAsync(new()
        {
            Containers = false, Environment = new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = place },
        });
        Assert.Equal("READY=1", await HeardAsync(socket));
        await cluster.StopServerAsync();
        Assert.Equal("STOPPING=1", await HeardAsync(socket));
    }

    public void Dispose() => Directory.Delete(_scratch, recursive: true);

    private static async Task<string> HeardAsync(System.Net.Sockets.Socket socket)
    {
        var word = new byte[100];
        using var deadline = new CancellationTokenSource(Eventually.DefaultBound);
        var length = await socket.ReceiveAsync(word, deadline.Token);
        return System.Text.Encoding.UTF8.GetString(word, 0, length);
    }

    private async Task<string> PackageAsync(string version) => (await Tool.RunAsync(
        Places.Script("package"),
        ["--from", Path.GetDirectoryName(Places.Orchestrator)!, "--output", _scratch, "--version", version],
        timeout: TimeSpan.FromMinutes(5))).Ok().Lines[^1];

    private async Task DpkgAsync(params string[] arguments) => (await Tool.RunAsync(
        "dpkg",
        [$"--root={Root}", "--force-script-chrootless", "--force-depends", "--force-confold", .. arguments],
        timeout: TimeSpan.FromMinutes(5))).Ok();

    /// <param name="running">The one unit that runs.</param>
    /// <param name="scripts">Each a script of the package with its arguments.</param>
    /// <returns>What systemd was asked to do with units.</returns>
    private async Task<string> MaintainAsync(string running, params string[] scripts)
    {
        var programs = Directory.CreateDirectory(Path.Combine(_scratch, "programs")).FullName;
        var log = Path.Combine(_scratch, "asked");
        await File.WriteAllTextAsync(log, "");
        await ProgramAsync(Path.Combine(programs, "systemctl"), $"""[ "$1" != is-active ] || [ "$3" = {running} ]""");
        await ProgramAsync(Path.Combine(programs, "deb-systemd-invoke"), $"""echo "$1 $2" >>{log}""");
        var lines = scripts.Select(script => $"{Places.Repository}/packaging/{script}");
        var all = $"set -e; mount -t tmpfs none /run; mkdir -p /run/systemd/system; {string.Join("; ", lines)}";
        (await Tool.RunAsync(
            "unshare", ["--mount", "sh", "-c", all],
            new Dictionary<string, string?>
            {
                ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}",
            })).Ok();
        return await File.ReadAllTextAsync(log);
    }

    private static async Task ProgramAsync(string place, string script)
    {
        await File.WriteAllTextAsync(place, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(place, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
    }
}
