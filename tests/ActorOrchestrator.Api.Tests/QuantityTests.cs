namespace ActorOrchestrator.Api.Tests;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("0Ki", "0")]
    [InlineData("1", "1")]
    [InlineData("1000m", "1")]
    [InlineData("0.5", "500m")]
    [InlineData(".5", "500m")]
    [InlineData("1.", "1")]
    [InlineData("+1.5", "1500m")]
    [InlineData("-250m", "-250m")]
    [InlineData("100500m", "100500m")]
    [InlineData("1000", "1k")]
    [InlineData("1000000", "1M")]
    [InlineData("128974848", "128974848")]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("0.5Ki", "512")]
    [InlineData("1.1Ki", "1126400m")]
    [InlineData("129e6", "129e6")]
    [InlineData("1e3", "1e3")]
    [InlineData("1.5e3", "1500")]
    [InlineData("12E", "12E")]
    [InlineData("100E", "100E")]
    [InlineData("1n", "1n")]
    [InlineData("0.1n", "1n")]
    [InlineData("1500u", "1500u")]
    [InlineData("100Ei", "9223372036854775807")]
    [InlineData("-100Ei", "-9223372036854775807")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("1e40", "170000000000e18")]
    [InlineData("1e400", "170000000000e18")]
    [InlineData("-1e40", "-170000000000e18")]
    public void Is_written_in_canonical_form(string text, string canonical) =>
        Assert.Equal(canonical, Quantity.Parse(text).ToString());

    [Theory]
    [InlineData("100Ei")]
    [InlineData("1.5Ki")]
    [InlineData("1.953125Ki")]
    [InlineData("1.1Ki")]
    [InlineData("0.5Ki")]
    [InlineData("1Ki")]
    [InlineData("1e40")]
    [InlineData("123456789012345678901234567890")]
    public void Is_the_same_when_read_again(string text) =>
        Assert.Equal(Quantity.Parse(text), Quantity.Parse(Quantity.Parse(text).ToString()));

    [Fact]
    public void Sums_stay_in_the_range()
    {
        var (most, least) = (Quantity.Parse("1e40"), Quantity.Parse("-1e40"));
        Assert.Equal((most, least), (most + most, least - most));
        Assert.Equal((Quantity.Zero, Quantity.Zero), (most + least, most - most));
        Assert.Equal(long.MaxValue, (most + most).Value);
    }

    [Theory]
    [InlineData("", "quantities must match the regular expression")]
    [InlineData("abc", "quantities must match the regular expression")]
    [InlineData("-", "quantities must match the regular expression")]
    [InlineData("1.1.1", "unable to parse numeric part of quantity")]
    [InlineData("1 Gi", "unable to parse quantity's suffix")]
    [InlineData("1GB", "unable to parse quantity's suffix")]
    [InlineData("1e", "unable to parse quantity's suffix")]
    [InlineData("1e9999999", "unable to parse quantity's suffix")]
    public void Refuses_what_is_no_quantity(string text, string reason)
    {
        Assert.False(Quantity.TryParse(text, out _, out var error));
        Assert.StartsWith(reason, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", 1, 1000)]
    [InlineData("1500m", 2, 1500)]
    [InlineData("1m", 1, 1)]
    [InlineData("1u", 1, 1)]
    [InlineData("-1500m", -2, -1500)]
    [InlineData("1Gi", 1073741824, 1073741824000)]
    [InlineData("16E", long.MaxValue, long.MaxValue)]
    public void Gives_units_and_thousandths_rounded_away_from_zero(string text, long units, long thousandths)
    {
        var quantity = Quantity.Parse(text);
        Assert.Equal((units, thousandths), (quantity.Value, quantity.MilliValue));
    }

    [Theory]
    [InlineData("0.1m", "1m")]
    [InlineData("100u", "1m")]
    [InlineData("0.0001", "1m")]
    [InlineData("1.5m", "2m")]
    [InlineData("1000001n", "2m")]
    [InlineData("-0.1m", "-1m")]
    [InlineData("250m", "250m")]
    [InlineData("1.2Gi", "1288490188800m")]
    [InlineData("0", "0")]
    public void Rounds_to_thousandths_away_from_zero(string text, string rounded) =>
        Assert.Equal(rounded, Quantity.Parse(text).RoundedToMilli().ToString());

    [Theory]
    [InlineData("1Gi", "512Mi", "1536Mi", "512Mi")]
    [InlineData("1", "250m", "1250m", "750m")]
    [InlineData("0", "1Gi", "1Gi", "-1Gi")]
    [InlineData("1k", "1Ki", "2024", "-24")]
    public void Adds_and_subtracts_exactly(string left, string right, string sum, string difference)
    {
        var (a, b) = (Quantity.Parse(left), Quantity.Parse(right));
        Assert.Equal((sum, difference), ((a + b).ToString(), (a - b).ToString()));
    }

    [Fact]
    public void Compares_by_value_and_equals_by_form()
    {
        Assert.Equal(0, Quantity.Parse("1Gi").CompareTo(Quantity.Parse("1073741824")));
        Assert.NotEqual(Quantity.Parse("1Gi"), Quantity.Parse("1073741824"));
        Assert.Equal(Quantity.Parse("1000m"), Quantity.Parse("1"));
        Assert.True(Quantity.Parse("999m") < Quantity.Parse("1"));
        Assert.Equal(Quantity.Parse("64Mi"), Quantity.FromBytes(64 * 1024 * 1024));
    }

    [Theory]
    [InlineData("25%", 10, 3, 2)]
    [InlineData("0%", 10, 0, 0)]
    [InlineData("100%", 3, 3, 3)]
    public void A_percentage_is_scaled_either_way(string text, int total, int up, int down)
    {
        IntOrString value = text;
        Assert.Equal((up, down), (value.Scaled(total, roundUp: true), value.Scaled(total, roundUp: false)));
        Assert.Null(new IntOrString("http").Scaled(total, roundUp: true));
        Assert.Equal(5, new IntOrString(5).Scaled(total, roundUp: true));
    }
}
