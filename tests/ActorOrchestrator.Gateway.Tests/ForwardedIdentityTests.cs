using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Forwarding;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>Who asks, when a member passes a request on.</summary>
public sealed class ForwardedIdentityTests
{
    private static readonly Identity Member = Identity.Of("member", [Identity.Members]);

    private static readonly Identity Asker = new("Jürgen, \"the\" admin", ["a, b", Identity.Masters], "uid-1")
    {
        Impersonator = "boss",
        Extra = ValueMap<ValueList<string>>.From([new("example.org/scope", ["one", "two"])]),
    };

    [Fact]
    public void What_a_member_says_of_its_client_is_believed()
    {
        var carried = ForwardedIdentity.Of(Member, Sent(ForwardedIdentity.Text(Asker)))!;
        Assert.Equal(Asker.Groups, carried.Groups);
        Assert.Equal(Asker with { Groups = carried.Groups }, carried);
        Assert.Null(ForwardedIdentity.Of(Member, new HeaderDictionary()));
    }

    [Fact]
    public void Nobody_else_is_believed()
    {
        var text = ForwardedIdentity.Text(Asker);
        foreach (var sender in new[] { null, Identity.Anonymous, Identity.Of("admin", [Identity.Masters]) })
        {
            Refused(sender, text);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("bnVsbA==")]
    [InlineData("W10=")]
    public void What_cannot_be_read_is_refused(string text) => Refused(Member, text);

    private static void Refused(Identity? sender, string text)
    {
        var refusal = Assert.Throws<StatusException>(() => ForwardedIdentity.Of(sender, Sent(text)));
        Assert.Equal(400, refusal.Status.Code);
        Assert.Contains(ForwardedIdentity.Header, refusal.Status.Message, StringComparison.Ordinal);
    }

    private static HeaderDictionary Sent(string text) => new() { [ForwardedIdentity.Header] = text };
}
