using ActorOrchestrator.Domain.Deployments;

namespace ActorOrchestrator.Domain.Tests.Deployments;

public sealed class ProportionalScalingTests
{
    /// <summary>replicas, surge and unavailable now; the number and maximum that the sets were sized for before; sets
    /// as size/active/available, new set first (- if there is none); new sizes.</summary>
    [Theory]
    //          why                                       now      before   new      old             sizes
    [InlineData("the worked example                  | 30 15 0 | 10 15 | 5/5/5  | 10/10/10      | a 10>30, new 5>15")]
    [InlineData("one active set gets it all          | 5 1 1   | 3 4   | 3/3/3  | 0/0/0         | new 3>5")]
    [InlineData("also an old one                     | 5 1 1   | 3 4   | 0/0/0  | 3/3/3         | a 3>5")]
    [InlineData("no active one: the new one          | 5 1 1   | 0 1   | 0/0/0  | 0/0/0         | new 0>5")]
    [InlineData("no active and no new one: the newest| 5 1 1   | 0 1   | -      | 0/0/0 0/0/0   | b 0>5")]
    [InlineData("down                                | 5 3 2   | 10 15 | 5/5/0  | 10/10/10      | a 10>5, new 5>3")]
    [InlineData("to nothing                          | 0 0 0   | 10 13 | 5/5/5  | 8/8/8         | a 8>0, new 5>0")]
    [InlineData("left over: to the largest        | 11 0 1  | 10 10 | 3/3/3  | 3/3/3 4/4/4   | b 4>5, new 3>3, a 3>3")]
    [InlineData("equal sizes: growing prefers newer  | 3 0 1   | 2 2   | 1/1/1  | 1/1/1         | new 1>2, a 1>1")]
    [InlineData("equal sizes: shrinking takes older  | 1 0 1   | 2 2   | 1/1/1  | 1/1/1         | a 1>0, new 1>1")]
    [InlineData("the new is saturated: old ones go   | 5 1 1   | 5 6   | 5/5/5  | 1/1/1         | a 1>0")]
    [InlineData("saturated for another number: shares| 5 1 1   | 4 5   | 5/5/5  | 1/1/1         | new 5>5, a 1>1")]
    [InlineData("no room beside pods not yet gone    | 6 0 1   | 4 4   | 2/2/2  | 2/4/2         | new 2>2, a 2>3")]
    [InlineData("available stays, broken goes        | 4 0 1   | 6 6   | 4/4/1  | 2/2/2         | new 4>2, a 2>2")]
    [InlineData("fewer, but room: none shrinks       | 5 3 2 | 7 11 | 3/3/0 | 2/2/2 2/2/0 | new 3>4, b 2>2, a 2>2")]
    [InlineData("more, but too many: none grows      | 8 0 1   | 7 7   | 6/6/6  | 5/5/5         | new 6>3, a 5>5")]
    public void Sizes(string row)
    {
        var cells = row.Split('|', StringSplitOptions.TrimEntries);
        var (now, before) = (Numbers(cells[1]), Numbers(cells[2]));
        SetSize Set(string name, string text, int age) => RollingUpdateTests.Set(name, text, age) with
        {
            DesiredBefore = before[0], PodsMaxBefore = before[1],
        };
        var newSet = cells[3] == "-" ? null : Set("new", cells[3], 99);
        var old = cells[4].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select((text, i) => Set($"{(char)('a' + i)}", text, i)).ToList();

        var sizes = ProportionalScaling.Sizes(
            new RolloutBounds(now[0], now[1], now[2]), isRolling: true, newSet, old, podsBefore: 0);

        Assert.Equal(cells[5], RollingUpdateTests.Text(sizes));
    }

    /// <summary>G7 for whatever the sets are and report: no more pods than are allowed, or than there were before; no
    /// fewer available ones than have to stay, or than there were.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Keeps_the_bounds_of_the_rollout(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 50_000; i++)
        {
            var desired = random.Next(12);
            var bounds = new RolloutBounds(desired, random.Next(6), random.Next(Math.Min(desired, 3) + 1));
            var sets = Enumerable.Range(0, random.Next(1, 5)).Select(number => Draw(random, number)).ToList();

            var sizes = ProportionalScaling.Sizes(bounds, isRolling: true, sets[0], sets[1..], podsBefore: 0);

            var after = sets.ConvertAll(set => set with
            {
                Replicas = sizes.FirstOrDefault(size => size.Name == set.Name)?.To ?? set.Replicas,
            });
            var isKept = after.Sum(set => set.PodsUpperBound)
                    <= Math.Max(bounds.PodsMax, sets.Sum(set => set.PodsUpperBound))
                && after.Sum(set => set.AvailableLowerBound)
                    >= Math.Min(bounds.AvailableMin, sets.Sum(set => set.AvailableLowerBound));
            Assert.True(isKept, $"{bounds}: {string.Join(", ", sets)} become {RollingUpdateTests.Text(sizes)}");
        }
    }

    private static SetSize Draw(Random random, int number)
    {
        var size = random.Next(8);
        var desired = random.Next(16);
        return new SetSize($"{number}", size)
        {
            Active = size + random.Next(3),
            Available = random.Next(size + 1),
            CreatedAt = DateTimeOffset.UnixEpoch.AddDays(number),
            DesiredBefore = desired,
            PodsMaxBefore = desired + random.Next(6),
        };
    }

    [Fact]
    public void A_set_without_annotations_is_measured_by_the_number_of_pods_there_were()
    {
        var (newSet, old) = (RollingUpdateTests.Set("new", "2/2/2", 9), RollingUpdateTests.Set("a", "2/2/2", 1));

        var sizes = ProportionalScaling.Sizes(
            new RolloutBounds(8, 0, 1), isRolling: true, newSet, [old], podsBefore: 4);

        Assert.Equal("new 2>4, a 2>4", RollingUpdateTests.Text(sizes));
    }

    [Fact]
    public void Recreate_never_splits_pods_between_sets()
    {
        var (newSet, old) = (RollingUpdateTests.Set("new", "2/2/2", 9), RollingUpdateTests.Set("a", "2/2/2", 1));

        var sizes = ProportionalScaling.Sizes(
            new RolloutBounds(8, 0, 0), isRolling: false, newSet, [old], podsBefore: 4);

        Assert.Equal("a 2>2, new 2>2", RollingUpdateTests.Text(sizes));
    }

    [Theory]
    //          desired size desired-before  due
    [InlineData(3,      3,   3,              false)]
    [InlineData(5,      3,   3,              true)]
    [InlineData(5,      5,   3,              true)]
    [InlineData(5,      0,   3,              false)]
    [InlineData(5,      3,   null,           false)]
    public void Is_due_when_an_active_set_was_sized_for_another_number(int desired, int size, int? before, bool due)
    {
        var set = new SetSize("a", size) { DesiredBefore = before };

        Assert.Equal(due, ProportionalScaling.IsDue(new RolloutBounds(desired, 1, 1), null, [set]));
    }

    private static int[] Numbers(string text) => text.Split(' ').Select(int.Parse).ToArray();
}
