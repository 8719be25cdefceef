using System.Security.Cryptography.X509Certificates;
using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Gateway.Tests.Support;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>Bootstrap tokens at a running gateway: what they open, and to whom nothing is open.</summary>
public sealed class JoinTests : IAsyncLifetime
{
    private const string Request = """{"role":"control","node":"m2","address":"10.0.0.2:7946","version":"0.1.0"}""";
    private const string Secret = "0123456789abcdef";

    private readonly FakeMembership _membership = new();
    private readonly RecordedLines _lines = new();
    private RunningGateway _gateway = null!;

    private string AuthorityFile => Path.Combine(_gateway.PkiDirectory, "ca.crt");

    public async ValueTask InitializeAsync() =>
        _gateway = await RunningGateway.StartAsync(membership: _membership, loggers: _lines);

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _lines.Dispose();
    }

    [Fact]
    public async Task A_token_gets_what_a_member_needs_and_the_log_says_who_joined_from_where()
    {
        var answer = await JoinAsync(Known("abcdef"));
        Assert.Equal(200, answer.Code);
        Assert.Equal("Host=db;Password=geheim", answer.At("journal"));
        Assert.Equal("10.0.0.1:7946", answer.At("members.0"));
        using var authority = X509Certificate2.CreateFromPem(
            answer.At("authorityCertificate"), answer.At("authorityKey"));
        Assert.Equal(
            await File.ReadAllTextAsync(AuthorityFile, TestContext.Current.CancellationToken),
            answer.At("authorityCertificate"));
        Assert.Equal(("control", "m2"), (_membership.Asked!.Role, _membership.Asked.Node));
        var line = Assert.Single(_lines.Lines, each => each.Contains("may join", StringComparison.Ordinal));
        foreach (var part in new[] { "m2", "10.0.0.2:7946", "control", "127.0.0.1", "system:bootstrap:abcdef" })
        {
            Assert.Contains(part, line, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(_lines.Lines, each =>
            each.Contains(Secret, StringComparison.Ordinal) || each.Contains("geheim", StringComparison.Ordinal)
            || each.Contains("PRIVATE KEY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_authority_is_shown_to_anyone_and_fits_its_pin()
    {
        using var anonymous = _gateway.NewClient(token: null);
        var answer = await _gateway.SendAsync("GET", "/join/authority", client: anonymous);
        Assert.Equal(200, answer.Code);
        using var shown = X509Certificate2.CreateFromPem(answer.Text);
        using var own = X509CertificateLoader.LoadCertificateFromFile(AuthorityFile);
        Assert.True(AuthorityPin.Fits(shown, AuthorityPin.Of(own)));
        Assert.DoesNotContain("PRIVATE", answer.Text, StringComparison.Ordinal);
        await using var other = await RunningGateway.StartAsync();
        using var another = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(other.PkiDirectory, "ca.crt"));
        Assert.False(AuthorityPin.Fits(another, AuthorityPin.Of(own)));
    }

    [Theory]
    [InlineData("GET", "/api/v1/namespaces/kube-system/secrets", 403)]
    [InlineData("GET", "/api/v1/nodes", 403)]
    [InlineData("GET", "/api", 403)]
    [InlineData("GET", "/metrics", 403)]
    [InlineData("GET", "/join", 403)]
    [InlineData("POST", "/apply", 403)]
    [InlineData("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", 403)]
    [InlineData("GET", "/readyz", 200)]
    public async Task Nothing_else_is_open_to_a_token(string method, string path, int code)
    {
        using var client = _gateway.NewClient(Known("abcdef"));
        var body = method == "GET" ? null : "{}";
        Assert.Equal(code, (await _gateway.SendAsync(method, path, body, client: client)).Code);
    }

    [Fact]
    public async Task A_token_that_is_not_known_is_revoked_or_has_expired_is_refused_with_what_to_do()
    {
        await RefusedAsync($"ghijkl.{Secret}", 401, "ghijkl is not known", "orchestrator token create");
        var (token, expired) = (Known("abcdef"), Known("expird", DateTimeOffset.UtcNow.AddSeconds(-1)));
        await RefusedAsync(token[..^1] + "0", 401, "abcdef is not known");
        await RefusedAsync(expired, 401, "expird has expired", "orchestrator token create");
        Assert.Equal(200, (await JoinAsync(token)).Code);
        await _gateway.SendAsync("DELETE", "/api/v1/namespaces/kube-system/secrets/bootstrap-token-abcdef");
        await RefusedAsync(token, 401, "abcdef is not known, or has been revoked");
        Assert.Equal(1, _membership.Count);
    }

    [Fact]
    public async Task Whoever_has_no_token_does_not_join()
    {
        using var anonymous = _gateway.NewClient(token: null);
        Assert.Equal(401, (await _gateway.SendAsync("POST", "/join", Request, client: anonymous)).Code);
        using var jane = _gateway.NewClient(RunningGateway.UserToken);
        Assert.Equal(403, (await _gateway.SendAsync("POST", "/join", Request, client: jane)).Code);
        await RefusedAsync(RunningGateway.AdminToken, 403, "joins with a bootstrap token");
        using var admin = _gateway.NewClient(RunningGateway.AdminToken);
        admin.DefaultRequestHeaders.Add("Impersonate-User", "system:bootstrap:abcdef");
        admin.DefaultRequestHeaders.Add("Impersonate-Group", "system:bootstrappers");
        Assert.Equal(403, (await _gateway.SendAsync("POST", "/join", Request, client: admin)).Code);
        Assert.Equal(0, _membership.Count);
    }

    [Fact]
    public async Task A_token_is_for_its_role_and_one_that_is_not_for_joining_for_none()
    {
        await RefusedAsync(Known("nodeon", role: "node"), 403, "is for members of role node, not control");
        var plain = Put(With("abcdef", "auth-extra-groups", "system:bootstrappers:kubeadm:default-node-token"));
        await RefusedAsync(plain, 403, "for no role");
        await RefusedAsync(Put(With("ghijkl", "usage-bootstrap-authentication", "false")), 401, "not known");
    }

    [Fact]
    public async Task What_the_cluster_refuses_is_said_as_it_says_it()
    {
        _membership.Refusal = Statuses.Conflict("nodes", "m2", "another machine has that name");
        await RefusedAsync(Known("abcdef"), 409, "another machine has that name");
        Assert.Contains(_lines.Lines, line => line.Contains("another machine has that name", StringComparison.Ordinal));
        using var client = _gateway.NewClient(Known("ghijkl"));
        Assert.Equal(400, (await _gateway.SendAsync("POST", "/join", "nonsense", client: client)).Code);
    }

    [Fact]
    public async Task Whoever_guesses_is_not_listened_to_for_a_while_and_others_are()
    {
        var token = Known("abcdef");
        for (var i = 0; i < WrongTokens.WrongMax; i++)
        {
            await RefusedAsync($"abcdef.{i:D16}", 401, "not known");
        }

        await RefusedAsync(token, 429, "too many wrong bootstrap tokens");
        Assert.Equal(200, (await _gateway.GetAsync("/api")).Code);
    }

    [Fact]
    public async Task A_review_of_a_token_knows_them_too()
    {
        var review = await _gateway.SendAsync(
            "POST", "/apis/authentication.k8s.io/v1/tokenreviews",
            $$$"""{"spec":{"token":"{{{Known("abcdef")}}}"}}""");
        Assert.Equal("system:bootstrap:abcdef", review.At("status.user.username"));
        Assert.Equal("system:bootstrappers", review.At("status.user.groups.0"));
        var unknown = await _gateway.SendAsync(
            "POST", "/apis/authentication.k8s.io/v1/tokenreviews", $$$"""{"spec":{"token":"ghijkl.{{{Secret}}}"}}""");
        Assert.Contains("ghijkl is not known", unknown.At("status.error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Administrators_see_the_members_and_remove_lost_ones_and_nobody_else_does()
    {
        var shown = await _gateway.GetAsync("/members");
        Assert.Equal(("m1", "Down"), (shown.At("node"), shown.At("items.0.status")));
        Assert.Equal(200, (await _gateway.SendAsync("DELETE", "/members/m%202")).Code);
        Assert.Equal(("m 2", false), (_membership.Removed, _membership.MayReturn));
        await _gateway.SendAsync("DELETE", "/members/m2?mayReturn");
        Assert.True(_membership.MayReturn);
        Assert.Contains(_lines.Lines, line => line.Contains("admin removed the member m 2", StringComparison.Ordinal));
        _membership.Refusal = Statuses.Failure(409, "Conflict", "it lives");
        var refused = await _gateway.SendAsync("DELETE", "/members/m2");
        Assert.Equal((409, "it lives"), (refused.Code, refused.Message));
        Assert.Equal(405, (await _gateway.SendAsync("DELETE", "/members")).Code);
        Assert.Equal(405, (await _gateway.GetAsync("/members/m2")).Code);
        foreach (var token in new[] { RunningGateway.UserToken, Known("abcdef") })
        {
            using var client = _gateway.NewClient(token);
            Assert.Equal(403, (await _gateway.SendAsync("GET", "/members", client: client)).Code);
            Assert.Equal(403, (await _gateway.SendAsync("DELETE", "/members/m2", client: client)).Code);
        }
    }

    private string Known(string id, DateTimeOffset? expiration = null, string role = "control") =>
        Put(new BootstrapToken(id, Secret).ToSecret(role, expiration, ""));

    private string Put(Secret secret)
    {
        _gateway.Cluster.Put(secret);
        return $"{secret.Metadata.Name![BootstrapToken.NamePrefix.Length..]}.{Secret}";
    }

    private static Secret With(string id, string key, string value)
    {
        var secret = new BootstrapToken(id, Secret).ToSecret("control", null, "");
        return secret with
        {
            Data = secret.Data.Without(key).With(key, Convert.ToBase64String(Encoding.UTF8.GetBytes(value))),
        };
    }

    private async Task<Answer> JoinAsync(string token)
    {
        using var client = _gateway.NewClient(token);
        return await _gateway.SendAsync("POST", "/join", Request, client: client);
    }

    private async Task RefusedAsync(string token, int code, params string[] words)
    {
        var answer = await JoinAsync(token);
        Assert.Equal((code, "Status"), (answer.Code, answer.At("kind")));
        Assert.All(words, word => Assert.Contains(word, answer.Message, StringComparison.Ordinal));
    }
}
