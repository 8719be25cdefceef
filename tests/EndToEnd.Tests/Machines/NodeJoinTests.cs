using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Machines;

/// <summary>A machine that only runs pods joins by a token, renews its certificates, and leaves.</summary>
public sealed class NodeJoinTests
{
    private const string Away = "away";

    private static readonly ClusterOptions Processes = new()
    {
        Containers = false, MoreArguments = ["--set", "node.name=control"],
    };

    [Fact]
    public async Task One_command_makes_a_node_and_another_takes_it_out_for_good()
    {
        await using var cluster = await Cluster.StartAsync(Processes);
        await using var machine = await RemoteMachine.StartAsync(cluster, Away);
        var kubectl = cluster.Kubectl();
        (await machine.JoinAsync(await RemoteMachine.TokenAsync(cluster))).Fails("another server runs on");
        (await OnServer(cluster, "members")).Ok()
            .Says($"{RemoteMachine.Address}:{machine.Port}", "node", "Up", Away);
        (await kubectl.OkAsync("get", "events", "-A", "-o", "jsonpath={.items[*].reason}")).Says("RegisteredNode");
        (await OnServer(cluster, "remove", Away)).Fails("lives", "orchestrator leave");
        Assert.Contains(
            (await machine.RunAsync("doctor", "--runtime", "process")).Lines,
            line => line.StartsWith("ok      heartbeats: UDP 127.0.0.1:", StringComparison.Ordinal)
                && line.EndsWith(" answers", StringComparison.Ordinal));
        Assert.Equal(
            ["ca.crt", "node-server.crt", "node-server.key", "node.crt", "node.key"],
            Directory.EnumerateFiles(machine.Pki).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(
            "journal", await SettingsAsync(machine), StringComparison.Ordinal);
        (await Tool.RunAsync(Places.Orchestrator, ["server", "--data-dir", machine.DataDirectory]))
            .Fails("has joined to run pods only");

        await kubectl.CreateAsync(Manifests.Pod("p", "exec sleep 1000", spec: $"nodeName: {Away}"));
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        (await machine.RunAsync("leave")).Ok().Says($"{Away} has left the cluster", "orchestrator reset");
        await Eventually.HoldsAsync("its process to have ended", () => !machine.IsRunning);
        (await kubectl.RunAsync("get", "node", Away)).Fails("not found");
        await Eventually.HoldsAsync("the pod to be gone", async () =>
            (await kubectl.RunAsync("get", "pod", "p")).ExitCode != 0);
        (await OnServer(cluster, "members")).Ok().DoesNotSay(Away);

        // Its certificate is believed no more, though it has not expired; a token lets it in again.
        (await machine.Kubectl().RunAsync("get", "node", Away)).Fails("provide credentials");
        machine.Launch();
        await Eventually.HoldsAsync(
            "it to be told so", () => machine.LogTail().Contains("was removed from the cluster"));
        (await kubectl.RunAsync("get", "node", Away)).Fails("not found");
        await machine.StopAsync();
        (await machine.RunAsync("reset")).Ok();
        (await machine.JoinAsync(await RemoteMachine.TokenAsync(cluster))).Ok();
        machine.Launch();
        await machine.BecomesAsync("True");
    }

    [Fact]
    public async Task One_that_is_lost_is_removed_from_elsewhere()
    {
        await using var cluster = await Cluster.StartAsync(Processes);
        await using var machine = await RemoteMachine.StartAsync(cluster, Away);
        await machine.KillAsync();
        await machine.BecomesAsync("Unknown");
        var token = await RemoteMachine.TokenAsync(cluster);
        (await machine.JoinAsync(token)).Ok().DoesNotSay("would be of no use");
        (await machine.JoinAsync($"{token[..7]}0123456789abcdef{token[23..]}")).Ok()
            .Says("has joined before", "would be of no use", "is not known, or has been revoked");
        (await OnServer(cluster, "members")).Ok().Says("Down", Away);
        (await OnServer(cluster, "remove", Away)).Ok().Says($"removed {Away}");
        (await OnServer(cluster, "remove", Away)).Fails(Away);
        machine.Launch();
        await Eventually.HoldsAsync(
            "it to be told so", () => machine.LogTail().Contains("was removed from the cluster"));
        (await cluster.Kubectl().RunAsync("get", "node", Away)).Fails("not found");
        await machine.StopAsync();
        (await machine.JoinAsync(await RemoteMachine.TokenAsync(cluster)))
            .Fails("has joined before, and was removed since then", "orchestrator reset");
    }

    [Fact]
    public async Task Whoever_cannot_join_is_told_why_and_what_to_do()
    {
        await using var cluster = await Cluster.StartAsync(Processes);
        await using var machine = RemoteMachine.Prepare(cluster, Away);
        var token = await RemoteMachine.TokenAsync(cluster);
        var control = (await OnServer(cluster, "token", "create")).Ok().Text.Trim();
        await RefusedAsync(control, [], "is for members of role control, not node", "--role control");
        await RefusedAsync(token, ["--role", "control"], "is for members of role node, not control", "--role node");
        await RefusedAsync(token[..^4] + (token.EndsWith("0000") ? "1111" : "0000"), [], "another cluster", "pin");
        await RefusedAsync(token, ["--node-name", "control"], "the name control is that of a member", "--node-name");
        await RefusedAsync(token, ["--node-name", "kubernetes"], "is a name of the control plane", "--node-name");
        await RefusedAsync(token, ["--address", "127.0.0.1"], "127.0.0.1 is the control plane's", "--address");
        await RefusedAsync(token, ["--address", "nowhere"], "nowhere", "--address");
        await RefusedAsync(token, ["--journal", "postgresql://h/d"], "--journal", "neither an API nor a journal");
        (await OnServer(cluster, "token", "revoke", token[..6])).Ok();
        await RefusedAsync(token, [], $"{token[..6]} is not known, or has been revoked", "orchestrator token create");
        Assert.False(Directory.Exists(machine.Pki));

        // The name of one that lives is nobody else's.
        await using var other = await RemoteMachine.StartAsync(cluster, "other");
        var late = await RemoteMachine.TokenAsync(cluster);
        await RefusedAsync(
            late, ["--node-name", "other", "--address", "127.0.0.3"], "that of a node which lives", "--node-name");
        await RefusedAsync(late, [], $"{RemoteMachine.Address} is the control plane's, or another node's");
        await other.StopAsync();
        (await other.JoinAsync(late, "--role", "control")).Fails("has joined with --role node already");

        async Task RefusedAsync(string with, string[] options, params string[] words) =>
            (await machine.JoinAsync(with, options)).Fails(["orchestrator: ", .. words]).DoesNotSay("   at ")
                .DoesNotSay(with[7..23]);
    }

    [Fact]
    public async Task Certificates_are_renewed_while_it_runs_and_pods_run_on()
    {
        await using var cluster = await Cluster.StartAsync(Processes with
        {
            MoreArguments = [.. Processes.MoreArguments, "--set", "api.node-certificate-lifetime=40s"],
        });
        await using var machine = await RemoteMachine.StartAsync(cluster, Away);
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifests.Pod("p", "echo begins; exec sleep 1000", spec: $"nodeName: {Away}"));
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        using var first = await ShownAsync(machine);
        var key = await KeyAsync(machine);
        using var second = await Eventually.BecomesAsync(
            "another certificate on the wire", () => ShownAsync(machine),
            shown => shown.SerialNumber != first.SerialNumber);
        Assert.NotEqual(key, await KeyAsync(machine));
        Assert.NotEqual(first.GetPublicKeyString(), second.GetPublicKeyString());

        // The first one is over, and what it was needed for goes on.
        await Eventually.HoldsAsync(
            "the first one to have ended", () => DateTime.UtcNow > first.NotAfter.ToUniversalTime());
        (await machine.Kubectl().OkAsync("get", "node", Away)).Says("Ready");
        Assert.Equal("begins\n", (await kubectl.OkAsync("logs", "p")).Text);
        await kubectl.OkAsync("delete", "pod", "p", "--timeout=90s");
        Assert.Single(File.ReadLines(machine.LogFile), line => line.Contains("runs pods as node"));
    }

    private static Task<Output> OnServer(Cluster cluster, params string[] arguments) =>
        Tool.RunAsync(Places.Orchestrator, [.. arguments, "--data-dir", cluster.DataDirectory]);

    private static Task<string> SettingsAsync(RemoteMachine machine) => File.ReadAllTextAsync(
        Path.Combine(machine.DataDirectory, "member.conf"), TestContext.Current.CancellationToken);

    private static Task<string> KeyAsync(RemoteMachine machine) => File.ReadAllTextAsync(
        Path.Combine(machine.Pki, "node.key"), TestContext.Current.CancellationToken);

    /// <summary>What the machine shows in a new handshake.</summary>
    private static async Task<X509Certificate2> ShownAsync(RemoteMachine machine)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(RemoteMachine.Address, machine.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = machine.Name, RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
            },
            TestContext.Current.CancellationToken);
        return X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.GetRawCertData());
    }
}
