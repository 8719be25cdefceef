using ActorOrchestrator.Gateway.Forwarding;
using ActorOrchestrator.Gateway.Tests.Support;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>Who was not let in is in the log: who it said it is, from where, what it asked, and why not.</summary>
public sealed class StrangerTests : IAsyncLifetime
{
    private readonly RecordedLines _lines = new();
    private RunningGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await RunningGateway.StartAsync(loggers: _lines);

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData(null, "nobody (no certificate and no token)", "Unauthorized")]
    [InlineData("guessed", "nobody (no valid token)", "Unauthorized")]
    [InlineData("abcdef.0123456789abcdeg", "nobody (no valid token)",
        "the bootstrap token abcdef is not known, or has been revoked")]
    public async Task Who_shows_nothing_of_worth_is_told_of_without_what_it_showed(
        string? token, string who, string why)
    {
        using var client = _gateway.NewClient(token);
        Assert.Equal(401, (await _gateway.SendAsync("GET", "/api/v1/secrets", client: client)).Code);
        var line = Line();
        Assert.StartsWith(
            $"GET /api/v1/secrets by {who} from 127.0.0.1 was refused: 401 {why}", line, StringComparison.Ordinal);
        Assert.DoesNotContain("guessed", line, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RunningGateway.UserToken, "jane", null, 403, "cannot list resource \"secrets\"")]
    [InlineData(RunningGateway.NodeToken, "system:node:n1", null, 403, "system:node:n1")]
    [InlineData(RunningGateway.NodeToken, "system:node:n1", "Impersonate-User", 403, "impersonate")]
    [InlineData(RunningGateway.NodeToken, "system:node:n1", ForwardedIdentity.Header, 400, ForwardedIdentity.Header)]
    public async Task Who_asks_for_more_than_it_may_have_is_told_of_by_its_name(
        string token, string who, string? header, int code, string why)
    {
        using var client = _gateway.NewClient(token);
        if (header is not null)
        {
            client.DefaultRequestHeaders.Add(header, "admin");
        }

        Assert.Equal(code, (await _gateway.SendAsync("GET", "/api/v1/secrets", client: client)).Code);
        var line = Line();
        Assert.StartsWith(
            $"GET /api/v1/secrets by {who} from 127.0.0.1 was refused: {code} ", line, StringComparison.Ordinal);
        Assert.Contains(why, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_with_an_administrators_request_is_nobodys_business()
    {
        Assert.Equal(400, (await _gateway.SendAsync("POST", "/api/v1/namespaces/default/pods", "nonsense")).Code);
        Assert.DoesNotContain(_lines.Lines, line => line.Contains("was refused", StringComparison.Ordinal));
    }

    private string Line() =>
        Assert.Single(_lines.Lines, line => line.Contains("was refused", StringComparison.Ordinal));
}
