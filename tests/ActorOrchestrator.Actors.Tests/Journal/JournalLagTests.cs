using ActorOrchestrator.Actors.Journal;

namespace ActorOrchestrator.Actors.Tests.Journal;

public sealed class JournalLagTests
{
    [Fact]
    public void The_time_counts_from_the_first_row_that_is_told_of_and_not_folded()
    {
        var time = new ManualTimeProvider();
        var lag = new JournalLag(time);
        Assert.Equal((0, TimeSpan.Zero), (lag.Rows(folded: 0), lag.Time(folded: 0)));

        lag.Tell(5, folded: 2);
        time.FireNext(time.GetUtcNow().AddSeconds(1));
        lag.Tell(9, folded: 3);
        time.FireNext(time.GetUtcNow().AddSeconds(1));
        Assert.Equal((6, TimeSpan.FromSeconds(2)), (lag.Rows(folded: 3), lag.Time(folded: 3)));

        // Those that were told of first are folded; the others came later.
        lag.Tell(11, folded: 6);
        time.FireNext(time.GetUtcNow().AddSeconds(3));
        Assert.Equal((5, TimeSpan.FromSeconds(3)), (lag.Rows(folded: 6), lag.Time(folded: 6)));
        Assert.Equal((0, TimeSpan.Zero), (lag.Rows(folded: 11), lag.Time(folded: 11)));
    }

    [Fact]
    public void What_was_folded_before_it_was_told_of_is_no_lag()
    {
        var lag = new JournalLag(new ManualTimeProvider());
        lag.Tell(5, folded: 7);
        Assert.Equal((0, TimeSpan.Zero), (lag.Rows(folded: 7), lag.Time(folded: 7)));
    }
}
