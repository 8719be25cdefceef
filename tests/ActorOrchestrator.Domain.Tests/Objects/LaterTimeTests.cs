namespace ActorOrchestrator.Domain.Tests.Objects;

public sealed class LaterTimeTests
{
    [Theory]
    [InlineData("2026-01-01T00:00:00Z", 0, "2026-01-01T00:00:00Z")]
    [InlineData("2026-01-01T00:00:00Z", 61, "2026-01-01T00:01:01Z")]
    [InlineData("2026-01-01T01:00:00+01:00", -1, "2025-12-31T23:59:59Z")]
    [InlineData("2026-01-01T00:00:00Z", long.MaxValue, "9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:58Z", 1, "9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:59Z", 1, "9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:59+00:00", int.MaxValue, "9999-12-31T23:59:59Z")]
    public void A_time_that_is_too_late_is_the_last_one(string time, long seconds, string expected) => Assert.Equal(
        DateTimeOffset.Parse(expected), DateTimeOffset.Parse(time).Later(seconds));

    [Theory]
    [InlineData("2026-01-01T01:00:00+01:00", "00:01:01", "2026-01-01T00:01:01Z")]
    [InlineData("9999-12-31T23:59:58Z", "00:00:01", "9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "01:00:00", "9999-12-31T23:59:59Z")]
    [InlineData("0001-01-01T00:00:00Z", "10675199.02:48:05.4775807", "9999-12-31T23:59:59Z")]
    public void So_is_one_that_is_a_span_later(string time, string span, string expected) => Assert.Equal(
        DateTimeOffset.Parse(expected), DateTimeOffset.Parse(time).Later(TimeSpan.Parse(span)));
}
