using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using static ActorOrchestrator.Gateway.Tests.Support.Samples;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>Headers that say who asks: honoured as kube-apiserver does, or refused.</summary>
public sealed class ImpersonationTests
{
    private const string Reviews = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    private const string Review = """{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}""";

    [Fact]
    public async Task The_request_runs_as_the_impersonated_user()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var client = ClientOf(gateway, "Impersonate-User: nobody");
        var list = await gateway.SendAsync("GET", "/api/v1/namespaces/default/pods", client: client);
        Assert.Equal(403, list.Code);
        Assert.StartsWith("pods is forbidden: User \"nobody\" cannot list", list.Message, StringComparison.Ordinal);
        Assert.Equal(403, (await gateway.SendAsync("POST", ConfigMaps, "{}", client: client)).Code);
        Assert.Equal(403, (await gateway.SendAsync("POST", "/apply", "{}", client: client)).Code);
        Assert.Equal(403, (await gateway.SendAsync("GET", "/metrics", client: client)).Code);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/api", client: client)).Code);
        Assert.Empty(gateway.Cluster.Sent);
    }

    [Theory]
    [InlineData("Impersonate-User: jane", "jane", "system:authenticated", "", "")]
    [InlineData("impersonate-user: jane|Impersonate-Group: a", "jane", "a system:authenticated", "", "")]
    [InlineData(
        "Impersonate-User: jane|Impersonate-Group: system:authenticated", "jane", "system:authenticated", "", "")]
    [InlineData("Impersonate-User: jane|Impersonate-Uid: 7", "jane", "system:authenticated", "7", "")]
    [InlineData(
        "Impersonate-User: jane|Impersonate-Extra-Acme.com%2FProject: p|Impersonate-Extra-scopes: x", "jane",
        "system:authenticated", "", "acme.com/project=p scopes=x")]
    [InlineData(
        "Impersonate-User: system:serviceaccount:prod:builder", "system:serviceaccount:prod:builder",
        "system:serviceaccounts system:serviceaccounts:prod system:authenticated", "", "")]
    [InlineData(
        "Impersonate-User: system:serviceaccount:prod:builder|Impersonate-Group: a",
        "system:serviceaccount:prod:builder", "a system:authenticated", "", "")]
    public async Task Whoami_shows_the_whole_impersonated_user(
        string headers, string user, string groups, string uid, string extra)
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var client = ClientOf(gateway, headers);
        var answer = await gateway.SendAsync("POST", Reviews, Review, client: client);
        Assert.Equal(201, answer.Code);
        var info = answer.Json["status"]!["userInfo"]!;
        Assert.Equal(user, answer.At("status.userInfo.username"));
        Assert.Equal(uid, answer.At("status.userInfo.uid"));
        Assert.Equal(groups, string.Join(' ', info["groups"]!.AsArray().Select(group => $"{group}")));
        var given = info["extra"]?.AsObject().Select(entry =>
            $"{entry.Key}={string.Join(',', entry.Value!.AsArray())}");
        Assert.Equal(extra, string.Join(' ', given ?? []));
    }

    [Theory]
    [InlineData("system:anonymous", 403)]
    [InlineData("jane|Impersonate-Group: system:unauthenticated", 403)]
    [InlineData("jane", 200)]
    [InlineData("jane|Impersonate-Group: system:masters", 200)]
    public async Task Only_authenticated_groups_open_the_discovery(string user, int code)
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var client = ClientOf(gateway, $"Impersonate-User: {user}");
        Assert.Equal(code, (await gateway.SendAsync("GET", "/apis", client: client)).Code);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/livez", client: client)).Code);
    }

    [Fact]
    public void Several_groups_come_in_several_headers_and_several_users_are_refused()
    {
        var impersonation = new Impersonation(new MastersAuthorizer());
        var admin = Identity.Of("admin", [Identity.Masters]);
        var headers = new HeaderDictionary
        {
            ["Impersonate-User"] = "jane",
            ["Impersonate-Group"] = new StringValues(["a, with a comma", "b"]),
        };
        var jane = impersonation.Apply(admin, headers);
        Assert.Equal(["a, with a comma", "b", "system:authenticated"], jane.Groups);
        Assert.Equal("jane (impersonated by admin)", jane.LogName);
        headers["Impersonate-User"] = new StringValues(["jane", "joe"]);
        var refused = Assert.Throws<StatusException>(() => impersonation.Apply(admin, headers));
        Assert.Equal("the header Impersonate-User must have one value that is not empty", refused.Status.Message);
    }

    [Fact]
    public async Task A_group_that_may_do_everything_makes_the_impersonated_user_an_administrator()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var client = ClientOf(gateway, "Impersonate-User: jane|Impersonate-Group: system:masters");
        Assert.Equal(200, (await gateway.SendAsync("GET", ConfigMaps, client: client)).Code);
    }

    [Theory]
    [InlineData("Impersonate-User: admin", "users \"admin\" is forbidden", "resource \"users\" in API group \"\"")]
    [InlineData(
        "Impersonate-User: system:serviceaccount:prod:builder", "serviceaccounts \"builder\" is forbidden",
        "in the namespace \"prod\"")]
    public async Task Who_may_not_impersonate_is_told_so(string headers, string what, string where)
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var jane = ClientOf(gateway, headers, RunningGateway.UserToken);
        var answer = await gateway.SendAsync("GET", "/livez", client: jane);
        Assert.Equal(403, answer.Code);
        Assert.StartsWith($"{what}: User \"jane\" cannot impersonate", answer.Message, StringComparison.Ordinal);
        Assert.Contains(where, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_showed_nothing_impersonates_nobody_even_where_health_is_open()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var anonymous = ClientOf(gateway, "Impersonate-User: jane", token: null);
        Assert.Equal(401, (await gateway.SendAsync("GET", "/livez", client: anonymous)).Code);
        Assert.Equal(401, (await gateway.SendAsync("GET", "/api", client: anonymous)).Code);
    }

    [Theory]
    [InlineData("Impersonate-Group: x", "requested [group x] without impersonating a user")]
    [InlineData("Impersonate-Uid: 7", "requested [uid 7] without impersonating a user")]
    [InlineData("Impersonate-Extra-scopes: a", "requested [extra scopes=a] without impersonating a user")]
    [InlineData("Impersonate-User: ", "Impersonate-User must have one value that is not empty")]
    [InlineData("Impersonate-Name: a", "Impersonate-Name is not known")]
    [InlineData("Impersonate-User: a|Impersonate-Extra-: b", "Impersonate-Extra- is not known")]
    [InlineData("X-Remote-User: a", "X-Remote-User is not honoured")]
    [InlineData("X-Remote-Group: system:masters", "X-Remote-Group is not honoured")]
    [InlineData("x-remote-extra-scopes: a", "x-remote-extra-scopes is not honoured")]
    public async Task Headers_that_name_nobody_or_are_not_honoured_are_refused(string headers, string message)
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var client = ClientOf(gateway, headers);
        var answer = await gateway.SendAsync("GET", "/api/v1/nodes", client: client);
        Assert.Equal((400, "BadRequest"), (answer.Code, answer.Reason));
        Assert.Contains(message, answer.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static HttpClient ClientOf(
        RunningGateway gateway, string headers, string? token = RunningGateway.AdminToken)
    {
        var client = gateway.NewClient(token);
        foreach (var header in headers.Split('|'))
        {
            var colon = header.IndexOf(": ", StringComparison.Ordinal);
            Assert.True(client.DefaultRequestHeaders.TryAddWithoutValidation(header[..colon], header[(colon + 2)..]));
        }

        return client;
    }
}
