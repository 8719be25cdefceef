namespace ActorOrchestrator.Api.Tests;

public sealed class ValueListTests
{
    [Theory]
    [InlineData("a,b", "a,b", true)]
    [InlineData("a,b", "b,a", false)]
    [InlineData("a", "a,b", false)]
    public void Lists_and_maps_are_equal_by_what_they_hold(string one, string other, bool expected)
    {
        Assert.Equal(expected, List(one) == List(other));
        Assert.Equal(expected, !(List(one) != List(other)));
        Assert.Equal(expected, Map(one) == Map(other));
        Assert.Equal(expected, !(Map(one) != Map(other)));
    }

    private static ValueList<string> List(string items) => items.Split(',').ToValueList();

    private static ValueMap<int> Map(string keys) => keys.Split(',').Index()
        .Aggregate(ValueMap<int>.Empty, (map, key) => map.With(key.Item, key.Index));
}
