using System.Net;
using System.Text.RegularExpressions;
using ActorOrchestrator.EndToEnd.Tests.Harness;
using ActorOrchestrator.EndToEnd.Tests.Machines;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>The cluster's authority is exchanged while the cluster runs.</summary>
public sealed partial class RotationTests
{
    private const string App = "kept";
    private const string Away = "away";
    private static readonly TimeSpan StepBound = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Members_machines_and_clients_go_over_to_another_authority_while_all_is_answered()
    {
        await using var cluster = await JoinedCluster.StartAsync();
        var token = await cluster.TokenAsync();
        await cluster.JoinAsync(token);
        await cluster.JoinAsync(token);
        var first = cluster.First;
        await using var machine = await RemoteMachine.StartAsync(
            new Plane(cluster.Api(first), first.DataDirectory, () => first.Kubectl()), Away);
        foreach (var node in new[] { "member-1", "member-2", "member-3", Away })
        {
            await first.Kubectl().ApplyAsync(Pod(node));
        }

        await first.Kubectl().WaitAsync("pods", "condition=Ready", more: ["--selector", $"app={App}"]);
        var (former, formerPin) = (await File.ReadAllTextAsync(first.Kubeconfig, Stop), await PinAsync(cluster));
        await using var pods = await PodsKept.StartAsync([first], App);

        (await CaAsync(cluster, "status")).Ok().Says("phase: Settled", formerPin, "orchestrator ca rotate");
        (await CaAsync(cluster, "issue")).Fails("'orchestrator ca rotate'");
        (await CaAsync(cluster, "finish")).Fails("'orchestrator ca rotate'");
        await UnderLoadAsync(cluster, async () =>
        {
            (await CaAsync(cluster, "rotate")).Ok().Says("phase: Trusting", formerPin);
            (await CaAsync(cluster, "rotate")).Fails("phase Trusting");
            await UntilReadyAsync(cluster);
        });
        Assert.Equal(2, Certificates(await File.ReadAllTextAsync(Path.Combine(machine.Pki, "ca.crt"), Stop)));

        // By the kubeconfig that was written meanwhile.
        await UnderLoadAsync(cluster, async () =>
        {
            (await CaAsync(cluster, "issue")).Ok().Says("phase: Issuing");
            Assert.NotEqual(formerPin, await PinAsync(cluster));
            var late = cluster.Next();
            (await cluster.PrepareAsync(late, token)).Fails("is being exchanged", "orchestrator token create");
            cluster.Forget(late);
            (await CaAsync(cluster, "finish")).Fails("restart it");
            foreach (var member in cluster.Members)
            {
                await member.StopAsync();
                member.Arguments = member == first
                    ? member.Arguments
                    : ["server", "--data-dir", member.DataDirectory];
                await member.UntilReadyAsync();
            }

            await UntilReadyAsync(cluster);
        });
        await UnderLoadAsync(cluster, async () =>
            (await CaAsync(cluster, "finish")).Ok().Says("phase: Settled", "orchestrator ca rotate"));

        await Eventually.HoldsAsync("the machine to trust the new one only", async () => Certificates(
            await File.ReadAllTextAsync(Path.Combine(machine.Pki, "ca.crt"), Stop)) == 1);
        await FormerIsRefusedAsync(cluster, former);
        await AllReachEachOtherAsync(cluster);
        Assert.Empty(await pods.JudgeAsync());
        Assert.Single(File.ReadLines(machine.LogFile), line => line.Contains("runs pods as node"));
        await cluster.JoinAsync(await cluster.TokenAsync());
        using var api = first.Api();
        await api.UntilNodesAreReadyAsync(5);
    }

    /// <summary>It has the former authority when it starts, and the others believe that no more.</summary>
    [Fact]
    public async Task A_member_that_was_off_meanwhile_comes_back_with_the_new_one()
    {
        await using var cluster = await JoinedCluster.StartAsync();
        var second = await cluster.JoinAsync(await cluster.TokenAsync());
        var third = await cluster.JoinAsync(await cluster.TokenAsync());
        await third.StopAsync();
        await Eventually.HoldsAsync("it to have left", async () => (await Tool.RunAsync(
            Places.Orchestrator, ["members", "--data-dir", cluster.First.DataDirectory])).Text.Contains("Left"));
        (await CaAsync(cluster, "rotate")).Ok();
        await UntilReadyAsync(cluster);
        (await CaAsync(cluster, "issue")).Ok();
        foreach (var member in new[] { cluster.First, second })
        {
            await member.StopAsync();
            await member.UntilReadyAsync();
        }

        await UntilReadyAsync(cluster);
        (await CaAsync(cluster, "finish")).Ok();
        third.Arguments = ["server", "--data-dir", third.DataDirectory];
        await third.UntilReadyAsync();
        using var api = third.Api();
        await api.UntilNodesAreReadyAsync(3);
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(cluster.First.Pki, "ca.crt"), Stop),
            await File.ReadAllTextAsync(Path.Combine(third.Pki, "ca.crt"), Stop));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Task<Output> CaAsync(JoinedCluster cluster, string step) =>
        Tool.RunAsync(Places.Orchestrator, ["ca", step, "--data-dir", cluster.First.DataDirectory]);

    private static Task UntilReadyAsync(JoinedCluster cluster) => Eventually.BecomesAsync(
        "all machines to be ready for the next step", () => CaAsync(cluster, "status"),
        status => Obstacles().Count(status.Text) == 0 && status.ExitCode == 0, StepBound);

    private static async Task<string> PinAsync(JoinedCluster cluster) => Pin().Match(
        (await CaAsync(cluster, "status")).Ok().Text).Value;

    private static int Certificates(string pem) => pem.Split("BEGIN CERTIFICATE").Length - 1;

    /// <summary>What clients ask is answered all the while, by one member or another.</summary>
    private static async Task UnderLoadAsync(JoinedCluster cluster, Func<Task> work)
    {
        var counts = new FailoverCounts();
        using var client = new FailoverClient(cluster.Members, 0, counts);
        using var done = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                var name = $"c{Guid.NewGuid():N}";
                var (answer, again) = await client.AskAsync(
                    HttpMethod.Post, HistoryRecorder.Maps,
                    $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}"}}""");
                Assert.True(
                    answer.Code == HttpStatusCode.Created || (again && answer.Code == HttpStatusCode.Conflict),
                    $"{answer}");
                await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
            }
        }, Stop);
        try
        {
            await work();
        }
        finally
        {
            await done.CancelAsync();
        }

        await load;
        counts.Report().ToList().ForEach(MembersRun.Report);
        Assert.Empty(counts.Failures);
    }

    private static async Task FormerIsRefusedAsync(JoinedCluster cluster, string former)
    {
        // Who goes by the former kubeconfig does not believe the server, and whoever has its certificate is nobody.
        var file = cluster.First.Kubeconfig + ".former";
        var now = await File.ReadAllTextAsync(cluster.First.Kubeconfig, Stop);
        await File.WriteAllTextAsync(file, former, Stop);
        await RefusedAsync("x509: certificate signed by unknown authority");
        await File.WriteAllTextAsync(
            file, former.Replace(AuthorityData().Match(former).Value, AuthorityData().Match(now).Value), Stop);
        await RefusedAsync("provide credentials");
        (await cluster.First.Kubectl().OkAsync("get", "nodes")).Says(Away);

        async Task RefusedAsync(string why) => (await new Kubectl(
            file, Kubectl.New, Path.GetDirectoryName(file)!, "default").RunAsync("get", "nodes")).Fails(why);
    }

    /// <summary>Every member to the machines of all others, and to the one that only runs pods.</summary>
    private static async Task AllReachEachOtherAsync(JoinedCluster cluster)
    {
        foreach (var member in cluster.Members)
        {
            foreach (var node in new[] { "member-1", "member-2", "member-3", Away })
            {
                await Eventually.BecomesAsync(
                    $"member {member.Number} to reach {node}",
                    () => member.Kubectl().RunAsync("exec", $"on-{node}", "--", "echo", "reached"),
                    output => output.Text.Trim() == "reached");
            }
        }
    }

    private static string Pod(string node) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: on-{{node}}, labels: {app: {{App}} } }
        spec:
          nodeName: {{node}}
          terminationGracePeriodSeconds: 1
          tolerations: [{operator: Exists}]
          containers:
          - name: main
            image: busybox:1.35
            command: [sleep, "100000"]
        """;

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Pin();

    [GeneratedRegex("does not trust|has not said|restart it|has no certificates|is not heard")]
    private static partial Regex Obstacles();

    [GeneratedRegex("certificate-authority-data: [^\n]*")]
    private static partial Regex AuthorityData();
}
