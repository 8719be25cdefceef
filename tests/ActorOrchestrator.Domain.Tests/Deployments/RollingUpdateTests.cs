using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.Deployments;

namespace ActorOrchestrator.Domain.Tests.Deployments;

public sealed class RollingUpdateTests
{
    [Theory]
    //          replicas surge  unavailable   -> surge unavailable pods-max available-min
    [InlineData(10,      "25%", "25%",           3,    2,          13,      8)]
    [InlineData(1,       "25%", "25%",           1,    0,          2,       1)]
    [InlineData(3,       "0",   "1%",            0,    1,          3,       2)]
    [InlineData(3,       "0",   "0",             0,    1,          3,       2)]
    [InlineData(3,       "0%",  "0%",            0,    1,          3,       2)]
    [InlineData(3,       "1",   "0",             1,    0,          4,       3)]
    [InlineData(4,       "50%", "100%",          2,    4,          6,       0)]
    [InlineData(2,       "1",   "5",             1,    2,          3,       0)]
    [InlineData(0,       "25%", "25%",           0,    0,          0,       0)]
    [InlineData(0,       "1",   "0",             1,    0,          1,       0)]
    public void Bounds_round_the_surge_up_and_the_unavailable_down(
        int replicas, string surge, string unavailable, int surgeExpected, int unavailableExpected, int max, int min)
    {
        var bounds = RolloutBounds.Of(DeploymentBuilder.Make(replicas, "v1", surge, unavailable).Spec);

        Assert.Equal((surgeExpected, unavailableExpected), (bounds.MaxSurge, bounds.MaxUnavailable));
        Assert.Equal((max, min), (bounds.PodsMax, bounds.AvailableMin));
    }

    [Fact]
    public void Recreate_knows_neither_surge_nor_unavailable()
    {
        var spec = DeploymentBuilder.Make(5).Spec with { Strategy = new DeploymentStrategy { Type = "Recreate" } };

        Assert.Equal(new RolloutBounds(5, 0, 0), RolloutBounds.Of(spec));
    }

    /// <summary>A set is written as size/active/available; the old sets, oldest first, are separated by
    /// blanks.</summary>
    [Theory]
    //          why                                          replicas surge unavail | new     | old           | step
    [InlineData("first: grow by the surge, shrink too       | 4 1 1 | 0/0/0   | 4/4/4         | new 0>1, a 4>3")]
    [InlineData("no surge: shrink only                      | 4 0 1 | 0/0/0   | 4/4/4         | a 4>3")]
    [InlineData("no unavailable: grow only                  | 4 1 0 | 0/0/0   | 4/4/4         | new 0>1")]
    [InlineData("an old pod that has not gone takes room    | 4 1 1 | 1/1/0   | 3/4/3         | waits 3/3 available")]
    [InlineData("it is gone: grow                           | 4 1 1 | 1/1/0   | 3/3/3         | new 1>2")]
    [InlineData("a new one is available: shrink             | 4 1 1 | 2/2/1   | 3/3/3         | a 3>2")]
    [InlineData("none is available: wait                    | 4 1 1 | 2/2/0   | 3/3/3         | waits 3/3 available")]
    [InlineData("the last step                              | 4 1 1 | 4/4/4   | 1/1/1         | a 1>0")]
    [InlineData("done                                       | 4 1 1 | 4/4/4   | 0/0/0         | settled")]
    [InlineData("all grown, some not available, none old    | 4 1 1 | 4/4/1   | 0/0/0         | waits for new 1 of 4")]
    [InlineData("broken old pods go, down to the bound       | 4 1 1 | 1/1/1   | 4/4/1         | a 4>2")]
    [InlineData("broken ones of a newer set go before older | 4 1 1 | 0/0/0   | 2/2/2 3/3/1   | b 3>1")]
    [InlineData("oldest first                               | 4 1 1 | 3/3/3   | 1/1/1 1/1/1   | a 1>0, b 1>0")]
    [InlineData("as many as are spare                       | 4 0 2 | 1/1/1   | 2/2/2 2/2/2   | a 2>0, b 2>1")]
    [InlineData("a report from before a shrinking           | 4 1 1 | 2/2/0   | 3/5/5         | waits 3/3 available")]
    [InlineData("scaled down in a rollout: new shrinks      | 2 1 0 | 3/3/3   | 1/1/1         | new 3>2, a 1>0")]
    [InlineData("surge of everything: blue-green            | 3 3 0 | 0/0/0   | 3/3/3         | new 0>3")]
    [InlineData("to nothing                                 | 0 1 0 | 2/2/2   | 1/1/1         | new 2>0, a 1>0")]
    [InlineData("old leave no room, and none is old         | 4 0 1 | 2/2/2   | 0/2/0         | waits for room 4 of 4")]
    public void Next_step(string row)
    {
        var cells = row.Split('|', StringSplitOptions.TrimEntries);
        var numbers = cells[1].Split(' ').Select(int.Parse).ToArray();
        var bounds = new RolloutBounds(numbers[0], numbers[1], numbers[2]);
        var old = cells[3].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select((text, i) => Set($"{(char)('a' + i)}", text, i)).ToList();

        var step = RollingUpdate.Next(bounds, Set("new", cells[2], 99), old);

        Assert.Equal(cells[4], Text(step));
    }

    [Theory]
    //          why                             replicas | new   | old       | terminating | step
    [InlineData("old ones go first             | 3 | 0/0/0 | 3/3/3     | 0 | a 3>0")]
    [InlineData("all sets of them              | 3 | 1/1/1 | 2/2/2 1/1/0 | 0 | a 2>0, b 1>0")]
    [InlineData("told to go, not gone          | 3 | 0/0/0 | 0/2/0     | 0 | waits for 2 old pods")]
    [InlineData("shutting down                 | 3 | 0/0/0 | 0/0/0     | 1 | waits for 1 old pods")]
    [InlineData("all gone: all new             | 3 | 0/0/0 | 0/0/0     | 0 | new 0>3")]
    [InlineData("all new, none available       | 3 | 3/3/0 | 0/0/0     | 0 | waits for new 0 of 3")]
    [InlineData("done                          | 3 | 3/3/3 | 0/0/0     | 0 | settled")]
    public void Recreate_waits_until_no_old_pod_is_left(string row)
    {
        var cells = row.Split('|', StringSplitOptions.TrimEntries);
        var old = cells[3].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select((text, i) => Set($"{(char)('a' + i)}", text, i)).ToList();
        old[0] = old[0] with { Terminating = int.Parse(cells[4]) };

        var step = Recreation.Next(new RolloutBounds(int.Parse(cells[1]), 0, 0), Set("new", cells[2], 99), old);

        Assert.Equal(cells[5], Text(step));
    }

    internal static SetSize Set(string name, string text, int age)
    {
        var numbers = text.Split('/').Select(int.Parse).ToArray();
        return new SetSize(name, numbers[0])
        {
            Active = numbers[1], Available = numbers[2], CreatedAt = DateTimeOffset.UnixEpoch.AddDays(age),
        };
    }

    /// <summary>The sizes; without any, what is waited for.</summary>
    private static string Text(SetSizes next) => next switch
    {
        { Sizes.Count: > 0 } => Text(next.Sizes),
        { WaitingOn: null } => "settled",
        { WaitingOn: WaitingOn.Room wait } => $"waits for room {wait.Pods} of {wait.PodsMax}",
        { WaitingOn: WaitingOn.Availability wait } => $"waits {wait.Available}/{wait.AvailableMin} available",
        { WaitingOn: WaitingOn.OldPods wait } => $"waits for {wait.Pods} old pods",
        { WaitingOn: WaitingOn.NewPods wait } => $"waits for new {wait.Available} of {wait.Desired}",
        _ => next.ToString(),
    };

    internal static string Text(ValueList<Resizing> sizes) =>
        string.Join(", ", sizes.Select(size => $"{size.Name} {size.From}>{size.To}"));
}
