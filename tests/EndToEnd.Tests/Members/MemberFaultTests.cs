using System.Net;
using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>Three members for the tests of a class, which leave them running.</summary>
public sealed class ThreeMembers : IAsyncLifetime
{
    /// <summary>Shorter than what a client of these tests waits: a member without its database cannot follow the
    /// others, and keeps their answers to itself until then.</summary>
    private const string Settings = "entities.command-timeout = 10s";

    private MemberCluster? _cluster;

    internal MemberCluster Cluster => _cluster ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync() =>
        _cluster = await MemberCluster.StartAsync(new() { Settings = Settings });

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}

/// <summary>Several members are one cluster to kubectl, whichever it asks and whatever befalls one of them.</summary>
public sealed class MemberFaultTests(ThreeMembers members) : IClassFixture<ThreeMembers>, IAsyncLifetime
{
    private const string Maps = HistoryRecorder.Maps;
    private const string Removed = "the other members have removed this one from the cluster";

    /// <summary>Longer than failure detection and stable-after together, by far.</summary>
    private static readonly TimeSpan PastFailover = TimeSpan.FromSeconds(8);

    /// <summary>Longer than any command waits for the database, and what the driver does about it.</summary>
    private static readonly TimeSpan PastCommands = TimeSpan.FromSeconds(30);

    private MemberCluster Cluster => members.Cluster;

    public async ValueTask InitializeAsync()
    {
        foreach (var member in Cluster.Members)
        {
            await Cluster.Segment.MendAsync(member.Number);
        }

        await Cluster.UntilAllReadyAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_database_that_nobody_hears_for_longer_than_a_command_waits_costs_no_member()
    {
        var launches = Cluster.Members.Sum(member => member.Launches);
        foreach (var member in Cluster.Members)
        {
            await Cluster.CutFromDatabaseAsync(member);
        }

        using (var api = Cluster.Members[0].Api())
        {
            await Eventually.BecomesAsync("readyz that tells of it",
                async () => (await api.SendAsync(HttpMethod.Get, "/readyz", null, null)).Text,
                text => text.Contains("the database", StringComparison.Ordinal));
        }

        await Task.Delay(PastCommands, TestContext.Current.CancellationToken);
        foreach (var member in Cluster.Members)
        {
            Assert.True(member.IsRunning, $"member {member.Number} has ended:\n{member.LogTail()}");
            await Cluster.Segment.MendAsync(member.Number);
        }

        await Task.WhenAll(Cluster.Members.Select(Cluster.UntilWritableAsync));
        Assert.Equal(launches, Cluster.Members.Sum(member => member.Launches));
    }

    [Fact]
    public async Task What_one_member_acknowledged_every_other_one_reads_and_watches()
    {
        foreach (var writer in Cluster.Members)
        {
            var name = $"from-{writer.Number}";
            await writer.Kubectl().ApplyAsync(Manifests.ConfigMap(name, ("a", "1")));
            var version = await writer.Kubectl().PathAsync($"configmap/{name}", ".metadata.resourceVersion");
            foreach (var reader in Cluster.Members)
            {
                using var api = reader.Api();
                var read = await api.GetAsync($"{Maps}/{name}?resourceVersion={version}");
                Assert.Equal(version, read["metadata"]!["resourceVersion"]!.GetValue<string>());
            }

            await writer.Kubectl().ApplyAsync(Manifests.ConfigMap(name, ("a", "2")));
            foreach (var reader in Cluster.Members)
            {
                var next = await NextAsync(reader, version, name);
                Assert.Equal("2", next["object"]!["data"]!["a"]!.GetValue<string>());
            }
        }
    }

    [Fact]
    public async Task Pods_run_on_every_member()
    {
        // Machines of members that other tests have ended are given nothing for a while.
        await Cluster.UntilAllNodesAreReadyAsync();
        var kubectl = Cluster.Members[1].Kubectl();
        await kubectl.ApplyAsync(Manifests.Deployment("spread", 6, container: "command: [sleep, \"100000\"]\n"));
        await Cluster.Members[2].Kubectl().RolledOutAsync("spread");
        string[] all = ["member-1", "member-2", "member-3"];
        await Eventually.BecomesAsync(
            "pods on every member", () => Cluster.Members[0].Kubectl().OkAsync(
                "get", "pods", "-l", "app=spread", "-o", "jsonpath={range .items[*]}{.spec.nodeName}{\"\\n\"}{end}"),
            nodes => nodes.Lines.Distinct().Order(StringComparer.Ordinal).SequenceEqual(all));
        await kubectl.OkAsync("delete", "deployment", "spread");
    }

    [Fact]
    public async Task A_killed_member_comes_back_and_everybody_has_what_was_written_meanwhile()
    {
        var (victim, through) = (Cluster.Members[0], Cluster.Members[1]);
        await victim.KillAsync();
        await Cluster.UntilWritableAsync(through);
        await through.Kubectl().ApplyAsync(Manifests.ConfigMap("meanwhile", ("a", "1")));
        await victim.UntilReadyAsync();
        Assert.Equal("1", await victim.Kubectl().PathAsync("configmap/meanwhile", ".data.a"));
        await Cluster.RejoinsAsync(victim);
    }

    [Fact]
    public async Task A_frozen_member_is_removed_and_ends_when_it_wakes()
    {
        var (victim, through) = (Cluster.Members[1], Cluster.Members[2]);
        await victim.FreezeAsync();
        await Cluster.UntilWritableAsync(through);
        await Task.Delay(PastFailover, TestContext.Current.CancellationToken);
        await victim.ThawAsync();
        Assert.Contains(Removed, await victim.UntilEndedAsync(), StringComparison.Ordinal);
        Assert.Equal(1, victim.ExitCode);
        await Cluster.RejoinsAsync(victim);
    }

    [Fact]
    public async Task A_member_that_is_frozen_in_the_middle_of_a_commit_keeps_nobody_else_waiting()
    {
        var (victim, through) = (Cluster.Members[1], Cluster.Members[0]);
        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 16).Select(number => WriteLargeAsync(victim, number, stop.Token)));
        try
        {
            await FreezeInCommitAsync(victim);
            await Cluster.UntilWritableAsync(through);
            await victim.ThawAsync();
        }
        finally
        {
            await stop.CancelAsync();
            await load;
        }

        Assert.Contains(Removed, await victim.UntilEndedAsync(), StringComparison.Ordinal);
        await Cluster.RejoinsAsync(victim);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_member_that_its_peers_cannot_hear_ends_and_they_go_on(bool oneWay)
    {
        var (victim, through) = (Cluster.Members[2], Cluster.Members[0]);
        await Cluster.Segment.CutFromPeersAsync(victim.Number, oneWay);
        Assert.Contains(Removed, await victim.UntilEndedAsync(), StringComparison.Ordinal);
        await Cluster.UntilWritableAsync(through);
        Assert.All(Cluster.Members, member => Assert.Equal(member != victim, member.IsRunning));
        await Cluster.Segment.MendAsync(victim.Number);
        await Cluster.RejoinsAsync(victim);
    }

    /// <summary>As connections do where packets are lost.</summary>
    [Fact]
    public async Task A_member_whose_connections_stand_still_stays_and_one_that_has_lost_them_ends()
    {
        var (victim, through) = (Cluster.Members[2], Cluster.Members[0]);
        var launches = Cluster.Members.Sum(member => member.Launches);
        await Cluster.Segment.CutConnectionsAsync(victim.Number);
        await Task.Delay(PastFailover, TestContext.Current.CancellationToken);
        await Cluster.Segment.MendAsync(victim.Number);
        await Task.WhenAll(Cluster.Members.Select(Cluster.UntilWritableAsync));
        Assert.Equal(launches, Cluster.Members.Sum(member => member.Launches));
        Assert.All(Cluster.Members, member => Assert.True(member.IsRunning, member.LogTail()));

        await Cluster.Segment.CutConnectionsAsync(victim.Number);
        Assert.Contains(Removed, await victim.UntilEndedAsync(), StringComparison.Ordinal);
        await Cluster.UntilWritableAsync(through);
        await Cluster.Segment.MendAsync(victim.Number);
        await Cluster.RejoinsAsync(victim);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_member_without_its_database_is_not_ready_and_acknowledges_nothing(bool refused)
    {
        var (victim, through) = (Cluster.Members[1], Cluster.Members[0]);
        await Cluster.CutFromDatabaseAsync(victim, refused);
        using var api = victim.Api();
        var answers = await Task.WhenAll(Enumerable.Range(0, 48).Select(number => api.SendAsync(
            HttpMethod.Post, Maps, $$$"""{"metadata":{"generateName":"cut{{{number}}}-"}}""", "application/json")));
        await Eventually.HoldsAsync("the member to be not ready", async () => !await victim.IsReadyAsync());
        await Cluster.Segment.MendAsync(victim.Number);
        await Cluster.UntilAllReadyAsync();
        await Cluster.UntilWritableAsync(victim);
        using var other = through.Api();
        var stored = (await other.GetAsync(Maps))["items"]!.AsArray().Select(NameOf).ToHashSet();
        Assert.All(answers.Where(answer => answer.Code == HttpStatusCode.Created),
            answer => Assert.Contains(NameOf(answer.Json), stored));
    }

    [Fact]
    public async Task After_the_database_crashed_every_member_goes_on()
    {
        var version = (await Cluster.Members[0].Kubectl().JsonAsync("get", "configmaps"))["items"]!.AsArray().Count;
        await Cluster.Postgres.RestartAsync();
        foreach (var member in Cluster.Members)
        {
            await Cluster.UntilWritableAsync(member);
        }

        await Cluster.UntilAllReadyAsync();
        Assert.All(Cluster.Members, member => Assert.True(member.IsRunning));
        var after = (await Cluster.Members[1].Kubectl().JsonAsync("get", "configmaps"))["items"]!.AsArray().Count;
        Assert.True(after >= version, $"{version} ConfigMaps before, {after} after");
    }

    [Fact]
    public async Task A_watch_is_taken_up_on_another_member_without_a_gap()
    {
        using var first = Cluster.Members[0].Api();
        var from = (await first.GetAsync(Maps))["metadata"]!["resourceVersion"]!.GetValue<string>();
        foreach (var number in Enumerable.Range(0, 10))
        {
            await Cluster.Members[number % 3].Kubectl().ApplyAsync(Manifests.ConfigMap($"step-{number}", ("a", "1")));
        }

        var seen = new List<string>();
        foreach (var member in Cluster.Members)
        {
            // Each takes four events, and the next one goes on behind them.
            using var api = member.Api();
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            await foreach (var change in api.WatchAsync(Maps, from, enough.Token))
            {
                from = change["object"]!["metadata"]!["resourceVersion"]!.GetValue<string>();
                if (!NameOf(change["object"]).StartsWith("step-", StringComparison.Ordinal))
                {
                    continue;
                }

                seen.Add(NameOf(change["object"]));
                if (seen.Count % 4 == 0 || seen.Count == 10)
                {
                    break;
                }
            }
        }
        Assert.Equal(Enumerable.Range(0, 10).Select(number => $"step-{number}"), seen);
    }

    /// <summary>Holds the lock that commits take until the victim waits for it, and gives it the lock when it is
    /// frozen.</summary>
    private async Task FreezeInCommitAsync(ControlMember victim)
    {
        var (postgres, address) = (Cluster.Postgres, Cluster.Segment.Address(victim.Number));
        var number = Assert.Single(await postgres.QueryAsync(
            @"SELECT substring(prosrc FROM 'advisory_xact_lock\((\d+)\)') FROM pg_proc "
            + "WHERE proname = 'journal_commit'"))[0];
        var holder = postgres.QueryAsync(
            $"SET application_name = 'holder'; SELECT pg_advisory_lock({number}); SELECT pg_sleep(120)");
        try
        {
            await Eventually.HoldsAsync("a commit of the victim's to wait for its lock", async () =>
                (await postgres.QueryAsync(
                    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND wait_event = 'advisory' "
                    + $"AND client_addr = '{address}'")).Any(row => row[0] == "1"));
            await victim.FreezeAsync();
        }
        finally
        {
            await postgres.QueryAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holder'");
            await Assert.ThrowsAnyAsync<Exception>(() => holder);
        }
    }

    private static async Task WriteLargeAsync(ControlMember through, int number, CancellationToken stop)
    {
        var text = new string('x', 800_000);
        while (!stop.IsCancellationRequested)
        {
            using var api = through.Api();
            try
            {
                var body = $$$"""{"metadata":{"name":"large-{{{number}}}"},"data":{"v":"{{{text}}}"}}""";
                await api.SendAsync(HttpMethod.Post, Maps, body, "application/json");
                await api.SendAsync(HttpMethod.Delete, $"{Maps}/large-{number}", null, null);
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException or OperationCanceledException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
            }
        }
    }

    /// <summary>The last ones wait for words of others that have ended, each phase as long as it may.</summary>
    [Fact]
    public async Task Members_that_are_all_told_to_stop_end_well()
    {
        await Task.WhenAll(Cluster.Members.Select(member => member.StopAsync()));
        Assert.All(Cluster.Members, member => Assert.Equal(0, member.ExitCode));
    }

    private static async Task<JsonNode> NextAsync(ControlMember member, string version, string name)
    {
        using var api = member.Api();
        await foreach (var change in api.WatchAsync(Maps, version, TestContext.Current.CancellationToken))
        {
            if (NameOf(change["object"]) == name)
            {
                return change;
            }
        }
        throw new InvalidOperationException("the watch ended");
    }

    private static string NameOf(JsonNode? item) => item!["metadata"]?["name"]?.GetValue<string>() ?? "";
}
