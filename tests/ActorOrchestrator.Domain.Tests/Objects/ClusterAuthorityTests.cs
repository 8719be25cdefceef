using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Tests.Objects;

/// <summary>The authority is exchanged in three steps, and each has its place.</summary>
public sealed class ClusterAuthorityTests
{
    private const string A = "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----";
    private const string B = "-----BEGIN CERTIFICATE-----\nB\n-----END CERTIFICATE-----";

    private static readonly ClusterAuthority Settled = new([A], "key a");

    [Fact]
    public void Three_steps_lead_from_one_authority_to_another()
    {
        var trusting = Settled.Rotate(B + "\n", "key b");
        Assert.Equal((RotationPhase.Trusting, "key a"), (trusting.Phase, trusting.SigningKey));
        Assert.Equal([A, B], trusting.Certificates);
        var issuing = trusting.Issue();
        Assert.Equal((RotationPhase.Issuing, "key b", ""), (issuing.Phase, issuing.SigningKey, issuing.NextKey));
        Assert.Equal([B, A], issuing.Certificates);
        Assert.Equal(new ClusterAuthority([B], "key b"), issuing.Finish());
    }

    [Fact]
    public void Steps_are_taken_in_order_only()
    {
        var trusting = Settled.Rotate(B, "key b");
        Assert.Throws<InvalidOperationException>(() => Settled.Issue());
        Assert.Throws<InvalidOperationException>(() => Settled.Finish());
        Assert.Throws<InvalidOperationException>(() => trusting.Rotate(B, "key b"));
        Assert.Throws<InvalidOperationException>(() => trusting.Finish());
        Assert.Throws<InvalidOperationException>(() => trusting.Issue().Issue());
    }

    [Fact]
    public void What_is_stored_is_read_again_and_shows_no_key_as_text()
    {
        foreach (var one in new[] { Settled, Settled.Rotate(B, "key b"), Settled.Rotate(B, "key b").Issue() })
        {
            var stored = one.ToSecret(null);
            Assert.Equal(one, ClusterAuthority.Read(stored));
            Assert.Equal(one.Finishable(), ClusterAuthority.Read(one.Finishable().ToSecret(stored)));
            Assert.DoesNotContain("key", $"{one}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Other_secrets_and_broken_ones_are_none()
    {
        var stored = Settled.ToSecret(null);
        Assert.Null(ClusterAuthority.Read(null));
        Assert.Null(ClusterAuthority.Read(stored with { Metadata = stored.Metadata with { Name = "other" } }));
        Assert.Null(ClusterAuthority.Read(stored with { Data = ValueMap<string>.Empty }));
        Assert.Null(ClusterAuthority.Read(stored with { Data = ValueMap<string>.From([new("ca.crt", "%"),]) }));
    }
}

internal static class Steps
{
    /// <summary>Itself, or what it becomes.</summary>
    public static ClusterAuthority Finishable(this ClusterAuthority one) =>
        one.Phase == RotationPhase.Issuing ? one.Finish() : one;
}
