using System.Text;
using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Gateway.Server;
using ActorOrchestrator.Gateway.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Gateway.Joining;

/// <summary>
/// Where machines join. <c>GET /join/authority</c> shows the authority's certificate to anyone, and <c>POST /join</c>
/// gives whoever shows a bootstrap token what a machine of the token's role needs. <c>POST /join/renewal</c> gives a
/// machine that only runs pods new certificates; <c>GET</c> of it tells such a machine all but those: whom it is to
/// trust, and where members are. <c>GET /members</c> and <c>DELETE /members/NAME</c> are for
/// administrators, and the latter for the machine of that name.
/// </summary>
internal sealed partial class JoinEndpoints(Pki pki, IMembership membership, ILogger<JoinEndpoints> log)
{
    private readonly NodeSigner _signer = new(
        () => pki.Authority, (node, name) => pki.Serves(name) || membership.IsReserved(node, name));

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public IEnumerable<PathEndpoint> Endpoints =>
    [
        new(OpenPaths.JoinAuthority, Below: false, (http, _, _) => ShowAuthorityAsync(http)),
        new(OpenPaths.Join, Below: false, JoinAsync) { Methods = ["POST"] },
        new(OpenPaths.JoinRenewal, Below: false, RenewAsync) { Methods = ["GET", "POST"] },
        new(OpenPaths.Members, Below: true, MembersAsync) { Methods = ["GET", "DELETE"] },
    ];

    private Task ShowAuthorityAsync(HttpContext http) => ResponseWriter.SendAsync(
        http, HttpCode.Ok, "application/x-pem-file", Encoding.ASCII.GetBytes(pki.AuthorityPem));

    private async Task JoinAsync(HttpContext http, string below, Identity who)
    {
        var request = await ReadAsync(http);
        var from = $"{http.Connection.RemoteIpAddress}";
        if (RefusalOf(who, request.Role) is { } wrong)
        {
            LogRefused(log, who.LogName, from, request.Node, request.Role, wrong.Message);
            throw new StatusException(wrong);
        }

        switch (await membership.AdmitAsync(request, http.RequestAborted))
        {
            case JoinAnswer.GrantedNode granted:
                await SendAsync(http, Signed(granted, request, from, who));
                LogNodeJoins(log, request.Node, granted.Life.Until, from, who.LogName);
                break;
            case JoinAnswer.Granted { Grant: var grant }:
                LogJoins(log, request.Node, grant.Address, request.Role, from, who.LogName);
                await SendAsync(
                    http, grant with { AuthorityCertificate = pki.AuthorityPem, AuthorityKey = pki.AuthorityKeyPem });
                break;
            case JoinAnswer.Refused { Status: var status }:
                LogRefused(log, who.LogName, from, request.Node, request.Role, status.Message);
                throw new StatusException(status);
        }
    }

    /// <summary>A node gets certificates of its own name only: who impersonates it has shown none.</summary>
    private async Task RenewAsync(HttpContext http, string below, Identity who)
    {
        if (who.Impersonator is not null || NodeIdentity.NameOf(who) is not { Length: > 0 } node)
        {
            throw new StatusException(Forbidden("a machine renews its certificates by those that it has"));
        }

        var granted = membership.Renew(node);
        if (HttpMethods.IsGet(http.Request.Method))
        {
            await SendAsync(http, granted.Grant with { AuthorityCertificate = pki.AuthorityPem });
            return;
        }

        var request = await ReadAsync(http) with { Node = node, Role = JoinRequest.NodeOnly };
        await SendAsync(http, Signed(granted, request, $"{http.Connection.RemoteIpAddress}", who));
        LogRenewed(log, node, granted.Life.Until);
    }

    private NodeGrant Signed(JoinAnswer.GrantedNode granted, JoinRequest request, string from, Identity who)
    {
        var (signed, problem) = _signer.Sign(
            request.Node, request.ClientRequest, request.ServerRequest, granted.Life);
        if (signed is null)
        {
            LogRefused(log, who.LogName, from, request.Node, request.Role, problem);
            throw Failure.BadRequest(problem!);
        }

        return granted.Grant with
        {
            AuthorityCertificate = pki.AuthorityPem, ClientCertificate = signed.Client,
            ServerCertificate = signed.Server,
        };
    }

    private static Task SendAsync<T>(HttpContext http, T answer) => ResponseWriter.SendAsync(
        http, HttpCode.Ok, "application/json", JsonSerializer.SerializeToUtf8Bytes(answer, Json));

    private async Task MembersAsync(HttpContext http, string name, Identity who)
    {
        if (HttpMethods.IsGet(http.Request.Method) != (name.Length == 0))
        {
            throw Failure.MethodNotAllowed();
        }

        if (name.Length > 0)
        {
            if (await membership.RemoveAsync(
                name, NodeIdentity.NameOf(who) == name, http.Request.Query.ContainsKey(OpenPaths.MayReturn),
                http.RequestAborted) is { } refusal)
            {
                throw new StatusException(refusal);
            }

            LogRemoved(log, name, who.LogName);
            if (NodeIdentity.NameOf(who) is not null)
            {
                await SendAsync(http, new { Removed = name });
                return;
            }
        }

        await SendAsync(http, new { membership.Node, Items = await ListAsync(http.RequestAborted) });
    }

    private async Task<IReadOnlyList<MemberInfo>> ListAsync(CancellationToken cancellation)
    {
        try
        {
            return await membership.ListAsync(cancellation);
        }
        catch (IOException unknown)
        {
            throw new StatusException(Statuses.ServiceUnavailable(FailureWords.Of(unknown)));
        }
    }

    /// <summary>Only the token's own holder joins: nobody in its name, and no administrator without one, so that the
    /// log names whose token it was.</summary>
    private static Status? RefusalOf(Identity who, string role)
    {
        if (who.Impersonator is not null || !who.Groups.Contains(BootstrapToken.Group, StringComparer.Ordinal))
        {
            return Forbidden("a machine joins with a bootstrap token: 'orchestrator token create' makes one");
        }

        var roles = BootstrapToken.RolesOf(who.Groups).ToList();
        return roles.Contains(role, StringComparer.Ordinal) ? null : Forbidden(roles.Count == 0
            ? "the token is for no role of members: 'orchestrator token create' makes one that is"
            : $"the token is for members of role {string.Join(", ", roles)}, not {role}: join with --role "
                + $"{roles[0]}, or with another token ('orchestrator token create --role {role}')");
    }

    private static Status Forbidden(string message) =>
        Statuses.Failure(HttpCode.Forbidden, StatusReasons.Forbidden, message);

    private static async Task<JoinRequest> ReadAsync(HttpContext http)
    {
        using var body = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        try
        {
            return JsonSerializer.Deserialize<JoinRequest>(body.Written.Span, Json)
                ?? throw Failure.BadRequest("the body holds nothing");
        }
        catch (JsonException wrong)
        {
            throw Failure.BadRequest($"the body is no request to join: {wrong.Message}");
        }
    }

    [LoggerMessage(GatewayEvents.MachineJoins, LogLevel.Information,
        "{Node} ({Address}) may join as a member of role {Role} and was given the cluster's keys: asked from {From} "
        + "by {User}")]
    private static partial void LogJoins(
        ILogger log, string node, string address, string role, string from, string user);

    [LoggerMessage(GatewayEvents.NodeJoins, LogLevel.Information,
        "{Node} may join as a machine that only runs pods and was given certificates until {Until:u}: asked from "
        + "{From} by {User}")]
    private static partial void LogNodeJoins(
        ILogger log, string node, DateTimeOffset until, string from, string user);

    [LoggerMessage(GatewayEvents.NodeRenewed, LogLevel.Information,
        "Node {Node} has new certificates, until {Until:u}")]
    private static partial void LogRenewed(ILogger log, string node, DateTimeOffset until);

    [LoggerMessage(GatewayEvents.MemberRemoved, LogLevel.Information, "{User} removed the member {Name}")]
    private static partial void LogRemoved(ILogger log, string name, string user);

    [LoggerMessage(GatewayEvents.MachineRefused, LogLevel.Warning,
        "{User} from {From} does not join {Node} as a member of role {Role}: {Why}")]
    private static partial void LogRefused(
        ILogger log, string user, string from, string node, string role, string? why);
}
