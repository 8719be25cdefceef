using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>/metrics of members, as a Prometheus reads it.</summary>
public sealed class MetricsTests
{
    /// <summary>What a member says of itself, whatever it does: all of it has to be in docs/operations.md.</summary>
    private const int SeriesMax = 2_000;

    [Fact]
    public async Task Members_show_the_cluster_its_shards_the_journal_and_gossip()
    {
        await using var cluster = await JoinedCluster.StartAsync();
        var second = await cluster.JoinAsync(await cluster.TokenAsync());
        using var first = cluster.First.Api();
        await first.UntilNodesAreReadyAsync(2);
        var kubectl = cluster.First.Kubectl();
        foreach (var number in Enumerable.Range(0, 20))
        {
            await kubectl.OkAsync("create", "configmap", $"measured-{number}", "--from-literal=a=b");
        }

        using var other = second.Api();
        await Eventually.HoldsAsync("shards of pods on both members", async () =>
            (await Exposition.OfAsync(other)).Sum("orchestrator_shards", "region=\"documents\"") > 0);
        var (one, two) = (await Exposition.OfAsync(first), await Exposition.OfAsync(other));
        foreach (var member in (Exposition[])[one, two])
        {
            Assert.Equal(2, member.Sum("orchestrator_cluster_members", "status=\"up\""));
            Assert.Equal(2, member.Sum("orchestrator_cluster_members"));
            Assert.Equal(1, member.Sum("orchestrator_journal_available"));
            foreach (var kind in (string[])["heartbeat", "heartbeat-answer", "gossip", "gossip-status", "entities"])
            {
                foreach (var direction in (string[])["sent", "received"])
                {
                    string[] labels = [$"kind=\"{kind}\"", $"direction=\"{direction}\""];
                    Assert.True(
                        member.Sum("orchestrator_cluster_messages_total", labels) > 0,
                        $"{kind} {direction} is missing in\n{member.Text}");
                    Assert.True(member.Sum("orchestrator_cluster_message_bytes_total", labels) > 0, kind);
                }
            }

            Assert.True(member.Sum("orchestrator_cluster_heartbeat_interval_seconds_count") > 0);
            Assert.True(member.Sum("orchestrator_database_connections") > 0, member.Text);
            Assert.True(member.Sum("orchestrator_entities") > 0);
            Assert.True(member.Sum("orchestrator_journal_commit_duration_seconds_count") > 0);
            Assert.True(member.Sum("orchestrator_journal_commit_rows_sum") > 0);
            Assert.True(member.Sum("orchestrator_journal_read_rows_total") > 0);
            Assert.NotNull(member.Sum("orchestrator_journal_lag_seconds"));
            Assert.Equal(0, member.Sum("orchestrator_journal_floor"));
            Assert.InRange(member.SeriesCount, 100, SeriesMax);
            Assert.DoesNotContain("measured-", member.Text, StringComparison.Ordinal);
        }

        Assert.Equal(1, one.Sum("orchestrator_cluster_leader") + two.Sum("orchestrator_cluster_leader"));
        Assert.Equal(
            1, (one.Sum("orchestrator_singleton") ?? 0) + (two.Sum("orchestrator_singleton") ?? 0));
        Assert.True(one.Sum("orchestrator_shard_allocations_total", "region=\"documents\"") > 0);
        Assert.True(one.Sum("orchestrator_shard_handoffs_total", "region=\"documents\"") > 0);
        await DocumentedAsync(one.Families.Concat(two.Families));

        await Eventually.HoldsAsync("both to have folded the same", async () =>
            (await Exposition.OfAsync(first)).Sum("orchestrator_journal_ordering")
            == (await Exposition.OfAsync(other)).Sum("orchestrator_journal_ordering"));
        await LossAsync(cluster, second);
    }

    private static async Task LossAsync(JoinedCluster cluster, ControlMember second)
    {
        using var first = cluster.First.Api();
        await second.KillAsync();
        await Eventually.HoldsAsync("the loss to be counted", async () =>
            await Exposition.OfAsync(first) is var seen && seen.Sum("orchestrator_cluster_unreachable_total") > 0);
        await cluster.Postgres.RestartAsync();
        await Eventually.HoldsAsync("the database's failure to be counted", async () =>
            await Exposition.OfAsync(first) is var seen && seen.Sum("orchestrator_database_errors_total") > 0);
        await Eventually.HoldsAsync("the journal to be there again", async () =>
            (await Exposition.OfAsync(first)).Sum("orchestrator_journal_available") == 1);
    }

    private static async Task DocumentedAsync(IEnumerable<string> families)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Places.Repository, "docs/operations.md"));
        var missing = families.Distinct().Where(family => !text.Contains($"`{family}`", StringComparison.Ordinal)
            && !text.Contains($"`{family}{{", StringComparison.Ordinal)).ToList();
        Assert.True(missing.Count == 0, $"not in docs/operations.md: {string.Join(", ", missing)}");
    }
}
