using System.Globalization;
using System.Text;
using ActorOrchestrator.Actors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Wire;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Server;

/// <summary>
/// <c>POST /lease</c>: a machine that only runs pods renews the lease of those that must not run twice
/// (<see cref="RenewNodeLease"/>). Its body is how many seconds the machine waits for the next answer; the answer is
/// how often its pods were declared to have ended.
/// </summary>
internal sealed class LeaseEndpoint(ICluster cluster)
{
    private static readonly ResourceKind Nodes = KindRegistry.Of<Node>();

    public PathEndpoint Endpoint() => new(OpenPaths.Lease, Below: false, ServeAsync) { Methods = ["POST"] };

    private async Task ServeAsync(HttpContext http, string below, Identity who)
    {
        if (who.Impersonator is not null || NodeIdentity.NameOf(who) is not { Length: > 0 } node)
        {
            throw Failure.BadRequest("only a machine renews its lease");
        }

        using var body = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        if (!int.TryParse(
            Encoding.ASCII.GetString(body.Written.Span), NumberStyles.None, CultureInfo.InvariantCulture,
            out var seconds) || seconds == 0)
        {
            throw Failure.BadRequest("the body has to be a number of seconds");
        }

        var count = await cluster.SendAsync(
            EntityKey.Of(Nodes, null, node), new RenewNodeLease(seconds), http.RequestAborted) switch
        {
            Reply.Accepted { Object: Node renewed } => RenewNodeLease.TimesFenced(renewed),
            Reply.Rejected refused => throw new StatusException(refused.Status),
            var other => throw new InvalidOperationException($"unknown reply {other.GetType().Name}"),
        };
        await ResponseWriter.SendAsync(
            http, HttpCode.Ok, "text/plain", Encoding.ASCII.GetBytes(count.ToString(CultureInfo.InvariantCulture)));
    }
}
