using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>Machines become a cluster by tokens, and a cluster finds itself again.</summary>
public sealed class JoinTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Machines_join_by_a_token_and_go_on_when_the_first_member_is_lost()
    {
        await using var cluster = await JoinedCluster.StartAsync();
        var token = await cluster.TokenAsync("--description", "rack 7");
        Assert.Matches("^[a-z0-9]{6}\\.[a-z0-9]{16}\\.[0-9a-f]{64}$", token);
        var kubectl = cluster.First.Kubectl("kube-system");
        (await kubectl.OkAsync("get", "secrets"))
            .Says($"bootstrap-token-{token[..6]}", "bootstrap.kubernetes.io/token");
        (await OnFirst(cluster, "token", "list")).Ok().Says(token[..6], "control", "rack 7").DoesNotSay(token[7..23]);

        // One runs at once, the other is prepared, again, and started later.
        var second = await cluster.JoinAsync(token);
        var third = cluster.Next();
        (await cluster.PrepareAsync(third, token)).Ok();
        (await cluster.PrepareAsync(third, token)).Ok();
        third.Arguments = ["server", "--data-dir", third.DataDirectory];
        third.Launch();
        await third.UntilReadyAsync();
        foreach (var member in cluster.Members)
        {
            using var api = member.Api();
            await api.UntilNodesAreReadyAsync(3);
        }

        PrivateAndSilent(cluster, token);
        (await Tool.RunAsync(Places.Orchestrator, ["doctor", "--data-dir", third.DataDirectory])).Ok()
            .Says("ok      members: ", " answers", ", 0 faults",
                $"ok      heartbeats: UDP {cluster.Address(third)} is this member's, and it answers",
                $"ok      heartbeats: UDP {cluster.Address(cluster.First)} answers",
                $"ok      heartbeats: UDP {cluster.Address(second)} answers");
        Assert.Contains("lifetime\" = \"2h\"", await SettingsAsync(second), StringComparison.Ordinal);

        await cluster.First.KillAsync();
        await UntilWritableAsync(third);
        await cluster.First.UntilReadyAsync();
        await UntilWritableAsync(cluster.First);
        await second.KillAsync();
        second.Arguments = ["server", "--data-dir", second.DataDirectory];
        await second.UntilReadyAsync();
        await UntilWritableAsync(second);

        (await Tool.RunAsync(
            Places.Orchestrator, ["token", "revoke", token[..6], "--data-dir", third.DataDirectory])).Ok();
        var late = cluster.Next();
        (await Tool.RunAsync(Places.Orchestrator, [.. cluster.Join(late, token, through: third), "--prepare-only"]))
            .Fails("orchestrator: ", $"{token[..6]} is not known, or has been revoked", "orchestrator token create")
            .DoesNotSay(token[7..23]);
    }

    [Fact]
    public async Task When_all_were_down_any_of_them_begins_the_cluster_and_only_one_does()
    {
        await using var cluster = await JoinedCluster.StartAsync();
        var token = await cluster.TokenAsync();
        var second = await cluster.JoinAsync(token);
        var third = await cluster.JoinAsync(token);
        Assert.Equal("1", await IncarnationAsync(cluster));
        await Task.WhenAll(cluster.Members.Select(member => member.KillAsync()));

        // Without the one that was first before.
        second.Launch();
        third.Launch();
        await Task.WhenAll(second.UntilReadyAsync(), third.UntilReadyAsync());
        await UntilWritableAsync(second);
        await UntilWritableAsync(third);
        Assert.Equal("2", await IncarnationAsync(cluster));
        Assert.Single(
            new[] { second, third }.SelectMany(member => File.ReadLines(member.LogFile)),
            line => line.Contains("this one begins the cluster (2)", StringComparison.Ordinal));

        cluster.First.Launch();
        await cluster.First.UntilReadyAsync();
        await UntilWritableAsync(cluster.First);
        Assert.Equal("2", await IncarnationAsync(cluster));

        // As if others had begun it anew while these could not reach the database: they are of no cluster that counts.
        await cluster.Postgres.QueryAsync("UPDATE cluster_identity SET incarnation = 3");
        foreach (var member in cluster.Members)
        {
            Assert.Contains(
                "begun the cluster anew", await member.UntilEndedAsync(), StringComparison.Ordinal);
        }

        await cluster.First.UntilReadyAsync();
        await UntilWritableAsync(cluster.First);
        Assert.Equal("4", await IncarnationAsync(cluster));
    }

    [Fact]
    public async Task Members_are_shown_and_one_leaves_in_good_order_and_a_lost_one_is_removed()
    {
        await using var cluster = await JoinedCluster.StartAsync();
        (await OnFirst(cluster, "leave")).Fails("no other member lives");
        var token = await cluster.TokenAsync();
        var second = await cluster.JoinAsync(token);
        var third = await cluster.JoinAsync(token);
        foreach (var member in cluster.Members)
        {
            (await StatusAsync(cluster, member)).Says("Up", $"member-{member.Number}", "control,node");
        }

        // Its pod is ended, and the others know it no more.
        var kubectl = cluster.First.Kubectl();
        await kubectl.CreateAsync(Manifests.Pod("p", "exec sleep 1000", spec: "nodeName: member-3"));
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        (await OnFirst(cluster, "remove", "member-3")).Fails("lives", "orchestrator leave");
        (await Tool.RunAsync(Places.Orchestrator, ["leave", "--data-dir", third.DataDirectory])).Ok()
            .Says("member-3 has left the cluster", "orchestrator reset");
        await Eventually.HoldsAsync("the server to have ended", () => !third.IsRunning);
        Assert.Equal(0, third.ExitCode);
        (await OnFirst(cluster, "members")).Ok().DoesNotSay("member-3");
        (await kubectl.RunAsync("get", "node", "member-3")).Fails("not found");
        await Eventually.HoldsAsync("the pod to be gone", async () =>
            (await kubectl.RunAsync("get", "pod", "p")).ExitCode != 0);

        // Its files are those of a member.
        third.Arguments = ["server", "--data-dir", third.DataDirectory];
        third.Launch();
        await third.UntilReadyAsync();
        (await StatusAsync(cluster, third)).Says("Up");

        await second.KillAsync();
        await Eventually.HoldsAsync("the loss of one", async () =>
            (await StatusAsync(cluster, second)).Text.Contains("Down"));
        await UntilWritableAsync(third);
        (await OnFirst(cluster, "remove", "member-2")).Ok().Says("removed member-2");
        (await OnFirst(cluster, "members")).Ok().DoesNotSay("member-2");
        (await kubectl.RunAsync("get", "node", "member-2")).Fails("not found");
        (await OnFirst(cluster, "remove", "member-2")).Fails("no member has the name");

        // Its files do not make it one again; a token does.
        var refused = await Tool.RunAsync(Places.Orchestrator, ["server", "--data-dir", second.DataDirectory]);
        refused.Fails("the member member-2 was removed from the cluster", "orchestrator reset");
        Assert.Equal(78, refused.ExitCode);
        (await cluster.PrepareAsync(second, token)).Fails("the member member-2 was removed from the cluster");
        (await Tool.RunAsync(Places.Orchestrator, ["reset", "--data-dir", second.DataDirectory])).Ok();
        (await cluster.PrepareAsync(second, token)).Ok();
        second.Arguments = ["server", "--data-dir", second.DataDirectory];
        second.Launch();
        await second.UntilReadyAsync();
        (await StatusAsync(cluster, second)).Says("Up");
    }

    [Fact]
    public async Task Whoever_cannot_join_is_told_why_and_what_to_do()
    {
        await using var cluster = await JoinedCluster.StartAsync();
        var token = await cluster.TokenAsync();
        var member = cluster.Next();
        await RefusedAsync(token, ["--node-name", "member-1"], "the name member-1 is that of", "--node-name");
        await RefusedAsync(
            token, ["--address", "127.0.0.1"], $"{cluster.Address(cluster.First)} is that of a member", "--address");
        await RefusedAsync(
            token, ["--journal", "postgresql://postgres@127.0.0.1:1/orchestrator"], "127.0.0.1:1", "--journal");
        await RefusedAsync(token[..^4] + (token.EndsWith("0000") ? "1111" : "0000"), [], "another cluster", "pin");
        await RefusedAsync(token[..23], [], "has no pin");
        var brief = await cluster.TokenAsync("--ttl", "1s");
        await Eventually.HoldsAsync("the token to be gone", async () =>
            (await cluster.First.Kubectl("kube-system").RunAsync("get", "secret", $"bootstrap-token-{brief[..6]}"))
                .ExitCode != 0);
        await RefusedAsync(brief, [], $"{brief[..6]} is not known");
        (await Tool.RunAsync(Places.Orchestrator,
            ["join", "127.0.0.9:1", "--token", token, "--data-dir", member.DataDirectory, "--prepare-only"]))
            .Fails("no way to 127.0.0.9:1");
        Assert.False(Directory.Exists(member.Pki));

        // The directory of another cluster, and of one that cannot be joined.
        await using var other = await Cluster.StartAsync(new() { Containers = false });
        (await Tool.RunAsync(Places.Orchestrator,
            ["join", cluster.Api(cluster.First), "--token", token, "--data-dir", other.DataDirectory]))
            .Fails("another server runs on");
        await other.StopServerAsync();
        (await Tool.RunAsync(Places.Orchestrator,
            ["join", cluster.Api(cluster.First), "--token", token, "--data-dir", other.DataDirectory]))
            .Fails("is of another cluster than the token", "orchestrator reset");
        await other.StartServerAsync();
        var lone = (await Tool.RunAsync(
            Places.Orchestrator, ["token", "create", "--data-dir", other.DataDirectory])).Ok().Text.Trim();
        (await Tool.RunAsync(Places.Orchestrator,
            ["join", other.Listen, "--token", lone, "--data-dir", member.DataDirectory, "--prepare-only"]))
            .Fails("nobody can join this cluster", "--journal");

        async Task RefusedAsync(string with, string[] options, params string[] words)
        {
            var arguments = cluster.Join(member, with).ToList();
            foreach (var option in options.Chunk(2).Where(option => arguments.Contains(option[0])))
            {
                arguments.RemoveRange(arguments.IndexOf(option[0]), 2);
            }

            (await Tool.RunAsync(Places.Orchestrator, [.. arguments, "--prepare-only", .. options]))
                .Fails(["orchestrator: ", .. words]).DoesNotSay("   at ").DoesNotSay(with[7..23]);
        }
    }

    private static async Task UntilWritableAsync(ControlMember through)
    {
        await using var probes = await ShardProbes.OpenAsync(through);
        await probes.UntilAllAnswerAsync();
    }

    private static Task<Output> OnFirst(JoinedCluster cluster, params string[] arguments) =>
        Tool.RunAsync(Places.Orchestrator, [.. arguments, "--data-dir", cluster.First.DataDirectory]);

    private static async Task<Output> StatusAsync(JoinedCluster cluster, ControlMember of)
    {
        var output = (await OnFirst(cluster, "members")).Ok();
        return output with
        {
            Text = Assert.Single(output.Lines, line => line.StartsWith(
                cluster.Address(of), StringComparison.Ordinal)),
        };
    }

    private static async Task<string> IncarnationAsync(JoinedCluster cluster) => Assert.Single(
        await cluster.Postgres.QueryAsync("SELECT incarnation FROM cluster_identity"))[0];

    private static Task<string> SettingsAsync(ControlMember member) => File.ReadAllTextAsync(
        Path.Combine(member.DataDirectory, "member.conf"), TestContext.Current.CancellationToken);

    /// <summary>What was received is its owner's alone, and no log has any of it.</summary>
    private static void PrivateAndSilent(JoinedCluster cluster, string token)
    {
        foreach (var member in cluster.Members.Skip(1))
        {
            foreach (var file in new[] { "member.conf", "pki/ca.key", "pki/ca.crt", "pki/secrets.key" })
            {
                Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(member.DataDirectory, file)));
            }
        }

        foreach (var log in cluster.Members.Select(member => File.ReadAllText(member.LogFile)))
        {
            foreach (var secret in new[] { token[7..23], "geheim", "PRIVATE KEY" })
            {
                Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
            }
        }

        var first = File.ReadAllText(cluster.First.LogFile);
        Assert.Contains(
            $"member-2 ({cluster.Address(cluster.Members[1])}) may join as a member of role control and "
            + $"was given the cluster's keys: asked from 127.0.0.1 by system:bootstrap:{token[..6]}", first,
            StringComparison.Ordinal);
        Assert.Matches(
            $"Member .*{cluster.Address(cluster.Members[1])}\\)? is one of the cluster now", first);
    }
}
