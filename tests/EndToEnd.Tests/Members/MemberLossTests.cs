using System.Globalization;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>
/// A member is lost without a word: its objects answer again elsewhere. The same rounds, more of them and with figures,
/// are bench/members. Times are told, not asserted.
/// </summary>
public sealed class MemberLossTests
{
    /// <summary>A shard is a dead member's when its object does not answer the first attempt, nor soon: one that moves
    /// between living members for other reasons does within this.</summary>
    private static readonly TimeSpan MovedWithoutLoss = TimeSpan.FromMilliseconds(300);

    /// <summary>A member that came back has shards again after a few rebalances.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(MembersRun.Number("SETTLE_SECONDS", 8));

    private static readonly int Rounds = MembersRun.Number("LOSS_ROUNDS", 1);

    [Fact]
    public async Task The_objects_of_a_killed_member_answer_again_elsewhere()
    {
        await using var cluster = await MemberCluster.StartAsync(new() { CanBeCut = false });
        var byAge = cluster.Members.ToList();
        var losses = new Dictionary<bool, List<double>> { [true] = [], [false] = [] };
        foreach (var round in Enumerable.Range(0, Rounds * 2))
        {
            var isOldest = round % 2 == 0;
            var victim = isOldest ? byAge[0] : byAge[1 + round / 2 % 2];
            var lost = await LoseAsync(cluster, victim, byAge[^1] == victim ? byAge[0] : byAge[^1]);
            byAge.Remove(victim);
            byAge.Add(victim);
            MembersRun.Report(string.Create(CultureInfo.InvariantCulture,
                $"{(isOldest ? "oldest" : "other"),-8}{lost.Count,3} shards, slowest {lost.Max():0.00} s"));
            losses[isOldest].Add(lost.Max());
        }

        foreach (var (isOldest, seconds) in losses)
        {
            MembersRun.Report($"{(isOldest ? "oldest" : "other"),-8}{Figures(seconds)}");
        }
    }

    /// <returns>Of each shard that the member had, the seconds until it answered.</returns>
    private static async Task<IReadOnlyList<double>> LoseAsync(
        MemberCluster cluster, ControlMember victim, ControlMember through)
    {
        for (var attempt = 1; ; attempt++)
        {
            // Where the machine starves a member, the others remove it without the test's doing.
            await cluster.UntilAllReadyAsync();
            await Task.Delay(Settling, TestContext.Current.CancellationToken);
            await using var probes = await ShardProbes.OpenAsync(through);
            await probes.UntilAllAnswerAsync();
            if (!cluster.Members.All(member => member.IsRunning))
            {
                continue;
            }

            await victim.KillAsync();
            var answers = await probes.UntilAllAnswerAsync();
            await victim.UntilReadyAsync();
            var lost = answers.Where(answer => !answer.AtOnce && answer.After > MovedWithoutLoss)
                .Select(answer => answer.After.TotalSeconds).ToList();
            Assert.True(lost.Count > 0 || attempt < 5, $"member {victim.Number} had no shard:\n{cluster.Logs()}");
            if (lost.Count > 0)
            {
                return lost;
            }
        }
    }

    private static string Figures(List<double> seconds)
    {
        seconds.Sort();
        double Share(double share) => seconds[(int)Math.Round(share * (seconds.Count - 1))];
        return string.Create(CultureInfo.InvariantCulture,
            $"slowest shard of {seconds.Count} losses: median {Share(0.5):0.00} s, p90 {Share(0.9):0.00} s, "
            + $"p99 {Share(0.99):0.00} s, min {Share(0):0.00} s, max {Share(1):0.00} s");
    }
}
