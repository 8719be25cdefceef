using ActorOrchestrator.Agent.Nodes;

namespace ActorOrchestrator.Agent.Tests.Nodes;

public sealed class UnclaimedPodsTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly UnclaimedPods _pods = new();

    [Fact]
    public void What_is_in_every_list_for_long_enough_was_left_behind()
    {
        _pods.See(["a", "b"], Start);
        _pods.See(["b", "a"], Start.AddSeconds(20));

        Assert.Empty(_pods.Since(Start.AddSeconds(-1)));
        Assert.Equal(["a", "b"], _pods.Since(Start));
    }

    [Fact]
    public void What_a_list_does_not_name_begins_anew()
    {
        _pods.See(["a", "b"], Start);
        _pods.See(["b"], Start.AddSeconds(20));
        _pods.See(["a", "b"], Start.AddSeconds(40));

        Assert.Equal(["b"], _pods.Since(Start.AddSeconds(20)));
        Assert.Equal(["a", "b"], _pods.Since(Start.AddSeconds(40)));
    }
}
