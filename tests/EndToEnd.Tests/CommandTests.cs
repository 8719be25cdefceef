using System.Net;
using System.Net.Sockets;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests;

/// <summary>The executable's own commands.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task Every_command_explains_itself()
    {
        (await RunAsync("--help")).Ok().Says("server", "kubeconfig", "version", "bench", "Kubernetes");
        (await RunAsync("server", "--help")).Ok().Says("--data-dir", "--listen", "--config", "--runtime");
        (await RunAsync("kubeconfig", "--help")).Ok().Says("--data-dir");
        (await RunAsync("reset", "--help")).Ok().Says("--data-dir");
        (await RunAsync("node", "shutdown", "--help")).Ok().Says("--data-dir", "node.shutdown.grace-period");
        (await RunAsync("doctor", "--help")).Ok().Says("--config", "what to do");
        (await RunAsync("join", "--help")).Ok().Says("--token", "--data-dir", "--node-name", "--prepare-only");
        (await RunAsync("token", "create", "--help")).Ok().Says("--role", "--ttl", "--description");
        (await RunAsync("members", "--help")).Ok().Says("--kubeconfig", "Down");
        (await RunAsync("leave", "--help")).Ok().Says("--data-dir", "orchestrator reset");
        (await RunAsync("remove", "--help")).Ok().Says("NAME", "orchestrator leave");
        (await RunAsync("version")).Ok().Says("orchestrator ");
        (await Tool.RunAsync(Places.Script("orchestrator"), ["version"])).Ok().Says("orchestrator ");
        (await RunAsync("nonsense")).Fails("nonsense");
    }

    [Fact]
    public async Task The_reference_settings_are_printed_and_are_settings()
    {
        var reference = (await RunAsync("server", "--print-settings")).Ok();
        Assert.Equal(
            await File.ReadAllTextAsync(
                Path.Combine(Places.Repository, "hocon/reference.conf"), TestContext.Current.CancellationToken),
            reference.Text);
        (await RunAsync("server", "--set", "node.colour=red")).Fails("orchestrator: ", "node.colour");
        (await RunAsync("server", "--config", "/nowhere.conf")).Fails("orchestrator: ", "/nowhere.conf")
            .DoesNotSay("   at ActorOrchestrator");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_a_sentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var data = Places.NewScratch("taken");
        try
        {
            await RefusesAsync($"api.listen=[\"{taken.LocalEndpoint}\"]", $"{taken.LocalEndpoint}", "--listen");
            await RefusesAsync(
                $"cluster.port={((IPEndPoint)taken.LocalEndpoint).Port}", $"{taken.LocalEndpoint}", "cluster.port");
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }

        async Task RefusesAsync(string setting, params string[] words) =>
            (await RunAsync(
                "server", "--data-dir", data, "--runtime", "process", "--listen", "127.0.0.1:0", "--set", setting))
            .Fails(["orchestrator: ", "in use", .. words]).DoesNotSay("   at ");
    }

    [Fact]
    public async Task Plain_processes_are_pods_for_a_first_look()
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false });
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifests.Pod("p", "echo hello; exec sleep 1000"));
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        await Eventually.HoldsAsync("its log", async () => (await kubectl.OkAsync("logs", "p")).Text == "hello\n");
        Assert.Equal(0, await cluster.StopServerAsync());
        await cluster.StartServerAsync();
        Assert.Equal("0", await kubectl.PathAsync("pod/p", ".status.containerStatuses[0].restartCount"));
        await kubectl.OkAsync("delete", "pod", "p");
        var given = await RunAsync("kubeconfig", "--data-dir", cluster.DataDirectory);
        given.Ok().Says("certificate-authority-data", cluster.Listen.Split(':')[1]);
    }

    [Fact]
    public async Task Another_containerd_can_be_used_that_is_there_already()
    {
        await using var owner = await Cluster.StartAsync();
        await owner.StopServerAsync();
        await using var guest = await Cluster.StartAsync(new()
        {
            Containers = false, CriEndpoint = $"unix://{owner.ContainerdSocket}",
        });
        var kubectl = guest.Kubectl();
        await kubectl.CreateAsync(Manifests.Deployment("web", 1));
        await kubectl.RolledOutAsync("web");
        Assert.Equal(2, (await owner.CtrAsync("tasks", "ls")).Ok().Lines.Count(line => line.Contains("RUNNING")));
        Assert.False(Directory.Exists(Path.Combine(guest.DataDirectory, "containerd")));
        await kubectl.OkAsync("delete", "deployment", "web");
        await Eventually.BecomesAsync("no container", async () =>
            (await owner.CtrAsync("containers", "ls", "-q")).Ok().Lines, lines => lines.Count == 0);
    }

    private static Task<Output> RunAsync(params string[] arguments) => Tool.RunAsync(Places.Orchestrator, arguments);
}
