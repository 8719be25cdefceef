using System.Text;
using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Bootstrap;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.Bootstrap;

/// <summary>Tokens that have expired are removed, and no others. The one here expires an hour after the
/// start.</summary>
public sealed class TokenCleanerTests
{
    private static readonly Secret Good = new BootstrapToken("abcdef", "0123456789abcdef").ToSecret(
        "control", new DateTimeOffset(2026, 1, 1, 1, 0, 0, TimeSpan.Zero), "");

    private readonly ProjectionRun _run = new(new TokenCleaner());

    [Fact]
    public void A_token_goes_when_it_expires_and_is_asked_to_go_again_while_it_stays()
    {
        _run.Put(Good).Start();
        Assert.Empty(_run.TakeTold());
        _run.SleepUntilWoken();
        var (to, message) = Assert.Single(_run.TakeTold());
        Assert.Equal(EntityKey.Of(Good), to);
        Assert.IsType<Delete>(message);
        _run.EndBatch();
        Assert.Empty(_run.TakeTold());
        _run.SleepUntilWoken();
        Assert.Single(_run.TakeTold());
        _run.Remove(Good).EndBatch();
        Assert.Null(_run.WakesAt);
    }

    [Fact]
    public void One_that_is_prolonged_or_holds_for_ever_stays()
    {
        _run.Put(Good).Start();
        _run.Put(With("expiration", "2026-01-01T03:00:00Z")).EndBatch();
        _run.Now += TimeSpan.FromHours(2);
        _run.EndBatch();
        Assert.Empty(_run.TakeTold());
        _run.Put(With("expiration", null)).EndBatch();
        _run.Now += TimeSpan.FromDays(5000);
        _run.EndBatch();
        Assert.Empty(_run.TakeTold());
    }

    [Fact]
    public void Other_Secrets_are_let_alone_and_what_cannot_be_read_has_expired()
    {
        _run.Put(Good with { Type = "Opaque" }).Start();
        _run.Now += TimeSpan.FromDays(1);
        _run.EndBatch();
        Assert.Empty(_run.TakeTold());
        _run.Put(With("expiration", "soon")).EndBatch();
        Assert.Single(_run.TakeTold());
    }

    private static Secret With(string key, string? value) => Good with
    {
        Data = value is null
            ? Good.Data.Without(key)
            : Good.Data.With(key, Convert.ToBase64String(Encoding.UTF8.GetBytes(value))),
    };
}
