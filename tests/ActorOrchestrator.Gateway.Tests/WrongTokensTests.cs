using System.Net;
using ActorOrchestrator.Gateway.Auth;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>Who shows too many wrong tokens, and for how long nobody listens to it.</summary>
public sealed class WrongTokensTests
{
    private readonly ManualClock _clock = new();
    private readonly WrongTokens _wrong;

    public WrongTokensTests() => _wrong = new(_clock);

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("fd00::1", "fd00::ffff:2", true)]
    [InlineData("fd00::1", "fd00:0:0:1::1", false)]
    public void Addresses_are_counted_apart_and_networks_of_IPv6_as_one(string wrong, string other, bool isSame)
    {
        Count(wrong, WrongTokens.WrongMax - 1);
        Assert.Null(_wrong.SecondsToWait(IPAddress.Parse(wrong)));
        Count(wrong, 1);
        Assert.NotNull(_wrong.SecondsToWait(IPAddress.Parse(wrong)));
        Assert.Equal(isSame, _wrong.SecondsToWait(IPAddress.Parse(other)) is not null);
    }

    [Fact]
    public void A_window_ends_and_all_is_forgotten()
    {
        Count("10.0.0.1", WrongTokens.WrongMax);
        _clock.Now += WrongTokens.Window - TimeSpan.FromSeconds(5);
        Assert.Equal(5, _wrong.SecondsToWait(IPAddress.Parse("10.0.0.1")));
        _clock.Now += TimeSpan.FromSeconds(5);
        Assert.Null(_wrong.SecondsToWait(IPAddress.Parse("10.0.0.1")));
    }

    [Fact]
    public void What_is_remembered_is_bounded_and_the_rest_is_counted_as_one()
    {
        for (var i = 0; i < 1000; i++)
        {
            Count($"10.1.{i / 250}.{i % 250}", 1);
        }

        Count("10.2.0.1", WrongTokens.WrongMax);
        Assert.NotNull(_wrong.SecondsToWait(IPAddress.Parse("10.2.0.2")));
        Assert.Null(_wrong.SecondsToWait(IPAddress.Parse("10.1.0.0")));
    }

    private void Count(string address, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _wrong.Count(IPAddress.Parse(address));
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
