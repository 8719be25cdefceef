using ActorOrchestrator.Domain.Nodes;

namespace ActorOrchestrator.Domain.Tests.Nodes;

public sealed class EvictionDampingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <param name="nodes">How many there are.</param>
    /// <param name="lost">How many of them are lost in the same moment.</param>
    /// <param name="atOnce">How many are emptied then.</param>
    /// <param name="afterAMinute">How many after a minute.</param>
    [Theory]
    [InlineData(1, 1, 0, 0)]
    [InlineData(2, 1, 1, 1)]
    [InlineData(2, 2, 0, 0)]
    [InlineData(3, 1, 1, 1)]
    [InlineData(3, 2, 0, 0)]
    [InlineData(4, 2, 2, 2)]
    [InlineData(5, 2, 2, 2)]
    [InlineData(5, 3, 0, 0)]
    [InlineData(10, 2, 2, 2)]
    [InlineData(10, 3, 1, 1)]
    [InlineData(10, 5, 1, 1)]
    [InlineData(10, 6, 0, 0)]
    [InlineData(100, 20, 2, 8)]
    [InlineData(5_000, 40, 40, 40)]
    [InlineData(5_000, 1_000, 50, 350)]
    [InlineData(5_000, 1_500, 1, 31)]
    [InlineData(5_000, 2_749, 1, 31)]
    [InlineData(5_000, 2_750, 0, 0)]
    [InlineData(5_000, 5_000, 0, 0)]
    public void The_more_are_lost_the_fewer_are_emptied(int nodes, int lost, int atOnce, int afterAMinute)
    {
        var damping = Of(nodes, lost);
        Assert.Equal(atOnce, Admitted(damping, lost, Noon));
        var now = Noon;
        while (damping.Next(now) is { } next && next <= Noon + Minute)
        {
            Assert.True(next > now || Admitted(damping, lost, now) == lost, "it would be asked again at once");
            if (Admitted(damping, lost, now = next) == lost)
            {
                break;
            }
        }

        Assert.Equal(afterAMinute, Admitted(damping, lost, Noon + Minute));
    }

    [Fact]
    public void One_that_was_admitted_stays_so_until_it_is_back_or_most_are_lost()
    {
        var damping = Of(3, 1);
        Assert.True(damping.Admits("n1", Noon));
        damping.Judge(Noon + Minute);
        Assert.True(damping.Admits("n1", Noon + Minute));

        damping.Observe("n2", exists: true, isLost: true);
        damping.Judge(Noon + Minute);
        Assert.False(damping.Admits("n1", Noon + Minute));
        Assert.Null(damping.Next(Noon + Minute));
    }

    [Fact]
    public void After_a_loss_of_most_those_that_are_still_lost_get_time_to_come_back()
    {
        var damping = Of(3, 3);
        damping.Observe("n2", exists: true, isLost: false);
        damping.Observe("n3", exists: true, isLost: false);
        var back = Noon + Minute;
        damping.Judge(back);
        Assert.False(damping.Admits("n1", back));
        Assert.True(damping.IsSettling(back));

        var settled = back + DampingSettings.Default.Settle;
        Assert.Equal(settled, damping.Next(back));
        Assert.True(damping.Admits("n1", settled));
    }

    [Fact]
    public void A_node_that_is_deleted_counts_no_more()
    {
        var damping = Of(3, 2);
        Assert.Equal("2 of 3 nodes are lost", damping.Count);
        damping.Observe("n1", exists: false, isLost: false);
        damping.Judge(Noon);
        Assert.Equal(EvictionMode.Prompt, damping.Mode);
        Assert.True(damping.Admits("n2", Noon + DampingSettings.Default.Settle));
    }

    private static EvictionDamping Of(int nodes, int lost)
    {
        var damping = new EvictionDamping(DampingSettings.Default);
        foreach (var number in Enumerable.Range(1, nodes))
        {
            damping.Observe($"n{number}", exists: true, isLost: number <= lost);
        }

        damping.Judge(Noon);
        return damping;
    }

    private static int Admitted(EvictionDamping damping, int lost, DateTimeOffset now) =>
        Enumerable.Range(1, lost).Count(number => damping.Admits($"n{number}", now));
}
