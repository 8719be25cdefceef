using System.Text;
using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Tests.Bootstrap;

/// <summary>The forms of tokens, and the Secrets that make them known.</summary>
public sealed class BootstrapTokenTests
{
    private static readonly Secret Good = new BootstrapToken("abcdef", "0123456789abcdef").ToSecret(
        "control", new DateTimeOffset(2026, 1, 1, 1, 0, 0, TimeSpan.Zero), "");

    private const string Pin = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("abcdef.0123456789abcdef", true)]
    [InlineData("ABCDEF.0123456789abcdef", false)]
    [InlineData("abcdef.0123456789abcde", false)]
    [InlineData("abcdef.0123456789abcdef0", false)]
    [InlineData("abcde.0123456789abcdef", false)]
    [InlineData("abcdef-0123456789abcdef", false)]
    [InlineData("abcdef.0123456789abcde!", false)]
    [InlineData("abcdef.0123456789abcdé0", false)]
    [InlineData("abcdef.0123456789abcdef.x", false)]
    [InlineData("", false)]
    public void A_token_has_Kubernetes_form(string text, bool isOne) =>
        Assert.Equal(isOne, BootstrapToken.Parse(text) is not null);

    [Fact]
    public void What_is_printed_is_read_back_whole()
    {
        var token = new JoinToken(new("abcdef", "0123456789abcdef"), Pin);
        Assert.Equal(token, JoinToken.Parse($" {token.Text}\n", out var problem));
        Assert.Null(problem);
        Assert.DoesNotContain(token.Text, char.IsWhiteSpace);
        Assert.DoesNotContain("0123456789abcdef", $"{token} {token.Token}", StringComparison.Ordinal);
    }

    /// <summary>What is pasted, and what is said of it.</summary>
    [Theory]
    [InlineData("abcdef.0123456789abcdef", "it has no pin")]
    [InlineData("abcdef.0123456789abcdef.e3b0", "was it cut off?")]
    [InlineData("abcdef.0123456789abcdef.E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", "its last")]
    [InlineData("abc.0123456789abcdef." + Pin, "it does not begin with an id")]
    [InlineData("nonsense", "ID.SECRET.PIN")]
    [InlineData("", "ID.SECRET.PIN")]
    public void What_is_no_token_to_join_with_is_told_without_its_secret(string text, string expected)
    {
        Assert.Null(JoinToken.Parse(text, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokens_Secret_is_read_as_it_was_made()
    {
        var end = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);
        var secret = new BootstrapToken("abcdef", "0123456789abcdef").ToSecret("control", end, "rack 7");
        Assert.Equal("bootstrap-token-abcdef", secret.Metadata.Name);
        Assert.Equal("2026-02-03T04:05:06Z", Encoding.UTF8.GetString(
            Convert.FromBase64String(secret.Data["expiration"])));
        var known = BootstrapToken.Read(secret)!;
        Assert.Equal(new BootstrapToken("abcdef", "0123456789abcdef"), known.Token);
        Assert.Equal((end, true, "rack 7"), (known.Expiration, known.Authenticates, known.Description));
        Assert.Equal(["control"], BootstrapToken.RolesOf(known.Groups));
        Assert.False(known.IsExpired(end - TimeSpan.FromSeconds(1)));
        Assert.True(known.IsExpired(end));
    }

    /// <summary>Changes to a good one, and whether it is a token then.</summary>
    public static TheoryData<Secret, bool> Secrets => new()
    {
        { Good, true },
        { Good with { Type = "Opaque" }, false },
        { Good with { Metadata = Good.Metadata with { Namespace = "default" } }, false },
        { Good with { Metadata = Good.Metadata with { Name = "bootstrap-token-abcdeg" } }, false },
        { Good with { Metadata = Good.Metadata with { DeletionTimestamp = new DateTimeOffset() } }, false },
        { With("token-id", "abcdeg"), false },
        { With("token-secret", ""), false },
        { With("token-secret", null), false },
        { Good with { Data = Good.Data.With("token-secret", "no base64!") }, false },
    };

    [Theory]
    [MemberData(nameof(Secrets))]
    public void Only_a_Secret_of_the_type_by_its_name_in_kube_system_is_a_token(Secret secret, bool isOne) =>
        Assert.Equal(isOne, BootstrapToken.Read(secret) is not null);

    [Fact]
    public void What_is_said_of_it_is_read_as_Kubernetes_reads_it()
    {
        Assert.False(BootstrapToken.Read(With("usage-bootstrap-authentication", "false"))!.Authenticates);
        Assert.False(BootstrapToken.Read(With("usage-bootstrap-authentication", null))!.Authenticates);
        Assert.Equal(DateTimeOffset.MaxValue, BootstrapToken.Read(With("expiration", null))!.Expiration);
        Assert.True(BootstrapToken.Read(With("expiration", "tomorrow"))!.IsExpired(new DateTimeOffset()));
        Assert.Equal(
            ["system:bootstrappers:a"],
            BootstrapToken.Read(With(
                "auth-extra-groups", "system:masters, system:bootstrappers:a,system:bootstrappers:"))!.Groups);
    }

    private static Secret With(string key, string? value) => Good with
    {
        Data = value is null
            ? Good.Data.Without(key)
            : Good.Data.With(key, Convert.ToBase64String(Encoding.UTF8.GetBytes(value))),
    };
}
