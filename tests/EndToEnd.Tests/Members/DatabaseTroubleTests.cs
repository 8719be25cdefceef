using System.Net;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>The database fails as databases do: what runs runs on, the control plane says what is wrong, in few words,
/// and goes on by itself.</summary>
public sealed class DatabaseTroubleTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Trouble = "The journal is in trouble";
    private const int WritesTried = 30;

    [Fact]
    public async Task While_the_database_is_away_what_runs_runs_on_and_what_happened_is_told_later()
    {
        await using var cluster = await JoinedCluster.StartAsync();
        var (member, kubectl) = (cluster.First, cluster.First.Kubectl());
        var marks = Path.Combine(Path.GetDirectoryName(member.LogFile)!, "marks");
        await kubectl.ApplyAsync(Manifests.Pod("web", $"echo $$$$ >> {marks}; exec sleep 100000"));
        await kubectl.OkAsync("wait", "pod/web", "--for=condition=Ready", "--timeout=90s");
        var version = await kubectl.PathAsync("pod/web", ".metadata.resourceVersion");

        await cluster.Postgres.CrashAsync();
        await Eventually.HoldsAsync("the member to be not ready", async () => !await member.IsReadyAsync());
        using var api = member.Api();
        Assert.Contains("[-]journal failed: the database at",
            (await api.SendAsync(HttpMethod.Get, "/readyz", null, null)).Text, StringComparison.Ordinal);
        for (var number = 0; number < WritesTried; number++)
        {
            var refused = await CreateAsync(api, $"away-{number}");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Code);
            Assert.Contains("cannot be reached", refused.Text, StringComparison.Ordinal);
        }

        // A container that dies meanwhile starts again.
        (await Tool.RunAsync("/bin/kill", ["-KILL", File.ReadLines(marks).First()])).Ok();
        await Eventually.HoldsAsync("a second start", () => File.ReadLines(marks).Count() == 2);
        Assert.Equal(version, await kubectl.PathAsync("pod/web", ".metadata.resourceVersion"));
        var said = Lines(member);
        Assert.InRange(said.Count(line => line.Contains(Trouble, StringComparison.Ordinal)), 1, 3);
        Assert.InRange(said.Count(line => line.Contains(": 503 in", StringComparison.Ordinal)), 1, WritesTried / 2);

        await cluster.Postgres.StartAgainAsync();
        await member.UntilReadyAsync();
        await Eventually.BecomesAsync("a write", () => CreateAsync(api, "back"), made => made.Code
            is HttpStatusCode.Created);
        await Eventually.BecomesAsync("the restart in the pod's status",
            () => kubectl.PathAsync("pod/web", ".status.containerStatuses[0].restartCount"), count => count == "1");
        await SaysAsync(kubectl, "cannot be reached");
        Assert.Equal(2, File.ReadLines(marks).Count());
        Assert.Contains(Lines(member), line => line.Contains("The journal answers again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_is_slow_or_takes_no_writes_is_said_to_be_so()
    {
        await using var cluster = await JoinedCluster.StartAsync();
        var (member, kubectl) = (cluster.First, cluster.First.Kubectl());
        using var api = member.Api();
        await cluster.Postgres.FreezeAsync();
        var slow = CreateAsync(api, "slow");
        await Eventually.BecomesAsync("readyz that tells of it",
            async () => (await api.SendAsync(HttpMethod.Get, "/readyz", null, null)).Text,
            text => text.Contains("the database has taken", StringComparison.Ordinal));
        await cluster.Postgres.ThawAsync();
        Assert.Equal(HttpStatusCode.Created, (await slow).Code);
        await SaysAsync(kubectl, "the database takes long");

        await SetReadOnlyAsync(cluster.Postgres, true);
        await Eventually.BecomesAsync("a refusal", () => CreateAsync(api, $"{Guid.NewGuid():N}"),
            answer => answer.Text.Contains("takes no writes, as a standby", StringComparison.Ordinal));
        await SetReadOnlyAsync(cluster.Postgres, false);
        await Eventually.BecomesAsync("a write", () => CreateAsync(api, $"{Guid.NewGuid():N}"),
            answer => answer.Code == HttpStatusCode.Created);
        await SaysAsync(kubectl, "takes no writes, as a standby");
    }

    [Fact]
    public async Task A_database_whose_disk_is_full_is_not_taken_for_well_before_it_has_room()
    {
        var disk = Places.NewScratch("disk");
        (await Tool.RunAsync("mount", ["-t", "tmpfs", "-o", "size=120m,mode=0711", "tmpfs", disk])).Ok();
        try
        {
            await using var cluster = await JoinedCluster.StartAsync(disk);
            var (member, filler) = (cluster.First, Path.Combine(disk, "filler"));
            using var api = member.Api();
            await Tool.RunAsync("dd", ["if=/dev/zero", $"of={filler}", "bs=1M"]);

            // The last page has room for a few rows.
            await Eventually.BecomesAsync("refusals of the smallest rows", async () =>
            {
                var answer = await CreateAsync(api, $"{Guid.NewGuid():N}");
                await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
                return answer.Code == HttpStatusCode.Created || await member.IsReadyAsync() ? "" : answer.Text;
            }, answer => answer.Contains("the database's disk is full", StringComparison.Ordinal));
            File.Delete(filler);
            await Eventually.BecomesAsync("a write", () => CreateAsync(api, $"{Guid.NewGuid():N}"),
                answer => answer.Code == HttpStatusCode.Created);
            await member.UntilReadyAsync();
            await SaysAsync(member.Kubectl(), "the database's disk is full");
        }
        finally
        {
            (await Tool.RunAsync("umount", ["--lazy", disk])).Ok();
            Directory.Delete(disk);
        }
    }

    [Fact]
    public async Task Another_server_takes_over_with_all_rows_and_then_one_without_the_last_ones()
    {
        int[] later = [FreePort.Next(), FreePort.Next()];
        await using var cluster = await JoinedCluster.StartAsync(laterDatabases: later);
        var (member, kubectl) = (cluster.First, cluster.First.Kubectl());
        await using var second = await cluster.Postgres.FollowedAsync(later[0]);
        await cluster.Postgres.WaitForFollowersAsync(true);
        await kubectl.ApplyAsync(Manifests.ConfigMap("kept", ("a", "1")));

        await cluster.Postgres.CrashAsync();
        await second.PromoteAsync();
        using var api = member.Api();
        await Eventually.BecomesAsync("a write", () => CreateAsync(api, "after"),
            answer => answer.Code is HttpStatusCode.Created);
        Assert.True(member.IsRunning);

        await using var third = await second.FollowedAsync(later[1]);
        await third.CrashAsync();
        await kubectl.ApplyAsync(Manifests.ConfigMap("lost", ("a", "1")));
        var lost = await kubectl.PathAsync("configmap/lost", ".metadata.resourceVersion");
        await second.CrashAsync();
        await third.StartAgainAsync();
        await third.PromoteAsync();
        Assert.Contains(
            "the database has lost rows that it had stored", await member.UntilEndedAsync(), StringComparison.Ordinal);
        Assert.Equal(1, member.ExitCode);

        await member.UntilReadyAsync();
        Assert.Equal("1", await kubectl.PathAsync("configmap/kept", ".data.a"));
        Assert.Equal(HttpStatusCode.NotFound,
            (await api.SendAsync(HttpMethod.Get, $"{Maps}/lost", null, null)).Code);
        var old = await api.SendAsync(
            HttpMethod.Get, $"{Maps}?watch=true&timeoutSeconds=1&resourceVersion={lost}", null, null);
        Assert.Contains("410", $"{(int)old.Code} {old.Text}", StringComparison.Ordinal);
        await kubectl.ApplyAsync(Manifests.ConfigMap("lost", ("a", "2")));
        var made = await kubectl.PathAsync("configmap/lost", ".metadata.resourceVersion");
        Assert.True(Version(made) > Version(lost), $"{made} after {lost}");
    }

    private static long Version(string text) =>
        long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static Task<Answer> CreateAsync(ApiClient api, string name) => api.SendAsync(
        HttpMethod.Post, Maps, $$$"""{"metadata":{"name":"{{{name}}}"}}""", "application/json");

    private static IReadOnlyList<string> Lines(ControlMember member) => [.. File.ReadLines(member.LogFile)];

    private static Task SaysAsync(Kubectl kubectl, string what) => Eventually.BecomesAsync(
        $"an Event of the member's Node: {what}",
        () => kubectl.OkAsync("get", "events", "--field-selector", "reason=JournalTrouble", "-o", "wide"),
        events => events.Text.Contains(what, StringComparison.Ordinal));

    private static async Task SetReadOnlyAsync(Postgres database, bool isReadOnly)
    {
        await database.QueryAsync(
            $"ALTER SYSTEM SET default_transaction_read_only = {(isReadOnly ? "on" : "off")}");
        await database.QueryAsync("SELECT pg_reload_conf()");
    }
}
