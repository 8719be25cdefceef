using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.ReplicaSets;

namespace ActorOrchestrator.Domain.Tests.ReplicaSets;

public sealed class ReplicaCountTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    //          desired active wanted unconfirmed unobserved flags            step
    [InlineData(3,      0,     0,     0,          0,      "",              "Create { Count = 3 }")]
    [InlineData(3,      3,     3,     3,          0,      "",              "Settled { }")]
    [InlineData(5,      3,     3,     0,          0,      "",              "Create { Count = 2 }")]
    [InlineData(2,      3,     3,     0,          0,      "",              "Delete { Count = 1 }")]
    [InlineData(0,      3,     3,     0,          0,      "",              "Delete { Count = 3 }")]
    [InlineData(3,      3,     2,     0,          0,      "",              "WaitsForDeletions { Pods = 1 }")]
    [InlineData(4,      3,     2,     0,          0,      "",              "Create { Count = 1 }")]
    [InlineData(1,      3,     2,     0,          0,      "",              "Delete { Count = 1 }")]
    [InlineData(2,      3,     3,     0,          2,      "",              "WaitsForReports { Pods = 2 }")]
    [InlineData(5,      3,     3,     0,          3,      "",              "Create { Count = 2 }")]
    [InlineData(3,      0,     0,     0,          0,      "adoptable",     "WaitsForAdoptable { }")]
    [InlineData(3,      5,     5,     0,          0,      "adoptable",     "Delete { Count = 2 }")]
    [InlineData(3,      0,     0,     0,          0,      "terminating",   "Terminating { }")]
    [InlineData(0,      3,     3,     0,          0,      "terminating",   "Terminating { }")]
    [InlineData(900,    0,     0,     0,          0,      "",              "Create { Count = 500 }")]
    [InlineData(900,    500,   500,   500,        0,      "",              "WaitsForCreations { Pods = 500 }")]
    [InlineData(900,    500,   500,   100,        0,      "",              "Create { Count = 400 }")]
    public void Takes_the_next_step_towards_the_desired_number(
        int desired, int active, int wanted, int unconfirmed, int unobserved, string flags, string expected)
    {
        var input = new ReplicaCountInput
        {
            Desired = desired, Active = active, Wanted = wanted, Unconfirmed = unconfirmed, Unobserved = unobserved,
            AdoptableKnown = flags != "adoptable", IsTerminating = flags == "terminating",
        };

        Assert.Equal(expected, ReplicaCount.Next(input, Now).ToString());
    }

    /// <summary>Pods that are to be replaced before they go, of those that are wanted; how many of them, and of all,
    /// are available.</summary>
    [Theory]
    //          desired active wanted replaced unavailable available step
    [InlineData(1,      1,     1,     1,       0,          1,      "Create { Count = 1 }")]
    [InlineData(1,      2,     2,     1,       0,          1,      "WaitsForReplacements { Pods = 1 }")]
    [InlineData(1,      2,     2,     1,       0,          2,      "LetGo { Count = 1 }")]
    [InlineData(1,      2,     2,     1,       1,          1,      "LetGo { Count = 1 }")]
    [InlineData(1,      2,     1,     0,       0,          1,      "WaitsForDeletions { Pods = 1 }")]
    [InlineData(3,      3,     3,     2,       0,          3,      "Create { Count = 2 }")]
    [InlineData(3,      5,     5,     2,       0,          4,      "LetGo { Count = 1 }")]
    [InlineData(3,      5,     5,     2,       0,          5,      "LetGo { Count = 2 }")]
    [InlineData(2,      3,     3,     1,       0,          3,      "LetGo { Count = 1 }")]
    [InlineData(1,      3,     3,     1,       0,          3,      "Delete { Count = 1 }")]
    [InlineData(0,      1,     1,     1,       0,          1,      "LetGo { Count = 1 }")]
    public void A_pod_that_is_to_be_replaced_goes_when_as_many_are_available_without_it(
        int desired, int active, int wanted, int replaced, int unavailable, int available, string expected)
    {
        var input = new ReplicaCountInput
        {
            Desired = desired, Active = active, Wanted = wanted, Replaced = replaced, Available = available,
            ReplacedUnavailable = unavailable, AdoptableKnown = true,
        };

        Assert.Equal(expected, ReplicaCount.Next(input, Now).ToString());
    }

    [Theory]
    [InlineData(0, "Create")]
    [InlineData(1, "BacksOff")]
    public void Creates_nothing_before_the_pause_after_a_refusal_is_over(int secondsLeft, string expected)
    {
        var input = new ReplicaCountInput { Desired = 1, AdoptableKnown = true, RetryAt = Now.AddSeconds(secondsLeft) };

        Assert.Equal(expected, ReplicaCount.Next(input, Now).GetType().Name);
    }

    [Fact]
    public void The_pause_doubles_up_to_a_minute()
    {
        CreationFailure? failure = null;
        var pauses = Enumerable.Range(0, 9).Select(_ =>
        {
            failure = CreationFailure.After(failure, "quota", Now);
            return (int)(failure.RetryAt - Now).TotalSeconds;
        });

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], pauses);
    }
}
