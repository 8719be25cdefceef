using System.Text.RegularExpressions;
using ActorOrchestrator.EndToEnd.Tests.Harness;
using ActorOrchestrator.EndToEnd.Tests.Verbs;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>What runs on one member's machine is reached through any other member.</summary>
public sealed partial class OtherMachineTests
{
    [Fact]
    public async Task Logs_commands_and_ports_are_had_through_any_member()
    {
        await using var cluster = await MemberCluster.StartAsync(new MemberOptions { CanBeCut = false });
        var first = cluster.Members[0];
        foreach (var member in cluster.Members)
        {
            await first.Kubectl().CreateAsync(Pod(member));
        }

        foreach (var version in Versions.Both)
        {
            foreach (var through in cluster.Members)
            {
                foreach (var at in cluster.Members)
                {
                    await ReachesAsync(through.Kubectl("default", version.Data), at);
                }
            }
        }

        await PortsAsync(cluster.Members[1].Kubectl(), first);
        await PortsAsync(cluster.Members[2].Kubectl("default", Kubectl.Old), first);
    }

    [Fact]
    public async Task The_other_member_judges_who_asks_and_one_that_is_gone_is_told()
    {
        await using var cluster = await MemberCluster.StartAsync(new MemberOptions { CanBeCut = false });
        var (through, at) = (cluster.Members[0], cluster.Members[2]);
        var kubectl = through.Kubectl();
        await kubectl.CreateAsync(Pod(at));
        await ReachesAsync(kubectl, at);
        var pod = $"on-{at.Number}";
        (await kubectl.RunAsync("logs", pod, "--as=somebody")).Fails("Forbidden", "somebody");
        (await kubectl.RunAsync("logs", pod, "--as=somebody", "--as-group=system:masters")).Ok().Says("begins");
        (await kubectl.RunAsync("logs", pod, "-c", "other")).Fails("container other is not valid for pod");
        (await kubectl.RunAsync("exec", pod, "--", "/no/such")).Fails("/no/such");

        await using var following = kubectl.Follow("logs", "-f", pod);
        await following.SeesAsync("the log", lines => lines.Contains("begins"));
        await at.KillAsync();
        await Eventually.HoldsAsync("the followed log to end", () => following.HasEnded);

        // It does not answer; and some time later its Lease is over.
        (await kubectl.RunAsync("logs", pod)).Fails("the pod runs");
        (await kubectl.RunAsync("exec", pod, "--", "true")).Fails();
        await at.UntilReadyAsync();
        await ReachesAsync(kubectl, at);
    }

    private static string Pod(ControlMember member) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: on-{{member.Number}} }
        spec:
          nodeName: member-{{member.Number}}
          terminationGracePeriodSeconds: 1
          tolerations: [{key: node.kubernetes.io/unreachable, operator: Exists}]
          containers:
          - name: main
            image: any
            command: [sh, -c, "echo begins; while true; do sleep 1000; done"]
        """;

    private static async Task ReachesAsync(Kubectl kubectl, ControlMember member)
    {
        var pod = $"on-{member.Number}";
        await Eventually.HoldsAsync($"{pod} to have said that it begins", async () =>
            (await kubectl.RunAsync("logs", pod)).Text == "begins\n");
        Assert.Equal("typed\n", (await kubectl.RunAsync(["exec", "-i", pod, "--", "cat"], "typed\n")).Ok().Text);
        var failed = await kubectl.RunAsync("exec", pod, "--", "sh", "-c", "echo out; echo err >&2; exit 7");
        Assert.Equal((7, "out\n"), (failed.ExitCode, failed.Text));
        failed.Says("err");
    }

    /// <summary>What a pod of the first member reaches under 127.0.0.1 is that member's own API.</summary>
    private static async Task PortsAsync(Kubectl kubectl, ControlMember first)
    {
        var port = new Uri(Regex.Match(
            await File.ReadAllTextAsync(first.Kubeconfig), @"server: (\S+)").Groups[1].Value).Port;
        await using var forward = kubectl.Follow("port-forward", "pod/on-1", $":{port}");
        await forward.SeesAsync("the port", lines => lines.Any(line => Forwarding().IsMatch(line)));
        var local = forward.Lines.Select(line => Forwarding().Match(line)).First(match => match.Success).Groups[1];
        using var http = new HttpClient(new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.Zero,
            SslOptions =
            {
                // The name is the forwarded port's, the authority the cluster's.
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    certificate?.Issuer == "CN=actor-orchestrator-ca",
            },
        });
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("ok", await http.GetStringAsync(
                $"https://127.0.0.1:{local}/livez", TestContext.Current.CancellationToken));
        }
    }

    [GeneratedRegex(@"^Forwarding from 127\.0\.0\.1:(\d+) -> \d+$")]
    private static partial Regex Forwarding();
}
