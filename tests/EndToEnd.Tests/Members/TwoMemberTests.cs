using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>Two members with the lease in their database: each may be lost.</summary>
public sealed class TwoMemberTests
{
    private static readonly MemberOptions Two = new() { Members = 2, Settings = "cluster.strategy = lease-majority" };

    [Fact]
    public async Task Whichever_is_killed_the_other_goes_on_and_of_two_cut_apart_exactly_one_does()
    {
        await using var cluster = await MemberCluster.StartAsync(Two);
        foreach (var victim in cluster.Members)
        {
            var survivor = cluster.Other(than: victim);
            await victim.KillAsync();
            await cluster.UntilWritableAsync(survivor);
            await cluster.RejoinsAsync(victim);
        }

        await cluster.Segment.CutFromPeersAsync(cluster.Members[0].Number);
        await Eventually.HoldsAsync("one of them to end", () => cluster.Members.Any(member => !member.IsRunning));
        var ended = cluster.Members.First(member => !member.IsRunning);
        await cluster.UntilWritableAsync(cluster.Other(than: ended));
        Assert.Single(cluster.Members, member => member.IsRunning);
        await cluster.Segment.MendAsync(cluster.Members[0].Number);
        await cluster.RejoinsAsync(ended);
    }
}
