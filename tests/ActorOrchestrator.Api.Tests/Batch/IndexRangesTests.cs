using ActorOrchestrator.Api.Batch;

namespace ActorOrchestrator.Api.Tests.Batch;

public sealed class IndexRangesTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("0", "0")]
    [InlineData("1 0", "0,1")]
    [InlineData("0 1 2", "0-2")]
    [InlineData("1 3 4 5 7 7", "1,3-5,7")]
    [InlineData("9 8 6 5 4", "4-6,8,9")]
    public void Three_and_more_in_a_row_are_written_as_a_range_and_read_again(string indexes, string text)
    {
        var ranges = IndexRanges.Of(Numbers(indexes));

        Assert.Equal((text, Numbers(indexes).Distinct().Count()), (ranges.ToString(), ranges.Count));
        Assert.Equal((ranges, null), IndexRanges.Parse(text, 10));
    }

    [Theory]
    [InlineData("1,2,3", "1-3", null)]
    [InlineData("0,2-x,4", "0", "cannot convert string to integer for index: \"x\"")]
    [InlineData("1-3,3", "1-3", "non-increasing order, previous: 3, current: 3")]
    [InlineData("1,5-10", "1", "too large index: \"10\"")]
    [InlineData("-1", "", "cannot convert string to integer for index: \"\"")]
    public void What_comes_before_a_mistake_is_read(string text, string read, string? complaint)
    {
        var (ranges, told) = IndexRanges.Parse(text, 10);

        Assert.Equal((read, complaint), (ranges.ToString(), told));
    }

    /// <summary>Sets of numbers are the judge.</summary>
    [Fact]
    public void They_are_sets_of_numbers()
    {
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            var bound = random.Next(1, 40);
            var (one, other) = (Some(random, bound), Some(random, bound));
            var (ranges, others) = (IndexRanges.Of(one), IndexRanges.Of(other));
            var below = random.Next(0, bound + 2);

            Assert.Equal(IndexRanges.Of(one.Union(other)), ranges.Union(others));
            Assert.Equal(IndexRanges.Of(one.Intersect(other)), ranges.Intersect(others));
            Assert.Equal(IndexRanges.Of(one.Where(index => index < below)), ranges.Below(below));
            Assert.Equal(Enumerable.Range(0, bound).Except(one), ranges.MissingBelow(bound));
            Assert.All(Enumerable.Range(0, bound), index => Assert.Equal(one.Contains(index), ranges.Contains(index)));
        }
    }

    private static HashSet<int> Some(Random random, int bound) =>
        Enumerable.Range(0, bound).Where(_ => random.Next(2) == 0).ToHashSet();

    private static int[] Numbers(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray();
}
