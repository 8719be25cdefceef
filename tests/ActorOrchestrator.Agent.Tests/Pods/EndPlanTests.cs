using ActorOrchestrator.Agent.Pods;

namespace ActorOrchestrator.Agent.Tests.Pods;

public sealed class EndPlanTests
{
    [Theory]
    [InlineData(-1, 2)]
    [InlineData(0, 2)]
    [InlineData(30, 30)]
    [InlineData(2_000_000_000, 1_814_400)]
    [InlineData(long.MaxValue, 1_814_400)]
    public void A_grace_period_is_neither_too_short_nor_longer_than_timers_count(long seconds, double expected) =>
        Assert.Equal(expected, EndPlan.GraceOf(seconds).TotalSeconds);
}
