using System.Text.Json;
using ActorOrchestrator.Actors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Gateway.Server;
using ActorOrchestrator.Gateway.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Gateway.Authorities;

/// <summary>
/// How administrators exchange the cluster's authority: <c>GET /authority</c> shows how far that is, and
/// <c>POST /authority/rotate</c>, <c>issue</c> and <c>finish</c> take a step, if all machines are ready for it. What is
/// stored is the Secret that all members follow (<see cref="AuthorityFollower"/>); of two who take a step at once one
/// succeeds.
/// </summary>
internal sealed partial class AuthorityEndpoints(
    ICluster cluster, Pki pki, IMembership membership, TimeProvider time, ILogger<AuthorityEndpoints> log)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public IEnumerable<PathEndpoint> Endpoints =>
    [
        new(OpenPaths.Authority, Below: true, ServeAsync) { Methods = ["GET", "POST"] },
    ];

    private async Task ServeAsync(HttpContext http, string step, Identity who)
    {
        if (HttpMethods.IsGet(http.Request.Method) != (step.Length == 0))
        {
            throw Failure.MethodNotAllowed();
        }

        if (step.Length > 0)
        {
            await TakeAsync(step, who, http.RequestAborted);
        }

        await ResponseWriter.SendAsync(
            http, HttpCode.Ok, "application/json",
            JsonSerializer.SerializeToUtf8Bytes(await StatusAsync(Known(Stored()), http.RequestAborted), Json));
    }

    private async Task TakeAsync(string step, Identity who, CancellationToken cancellation)
    {
        var stored = Stored();
        var known = Known(stored);
        var status = await StatusAsync(known, cancellation);
        var next = (step, known.Phase) switch
        {
            ("rotate", RotationPhase.Settled) => Rotated(known),
            ("issue", RotationPhase.Trusting) => WhenReady(status, known.Issue),
            ("finish", RotationPhase.Issuing) => WhenReady(status, known.Finish),
            ("rotate" or "issue" or "finish", _) => throw Refusal(
                $"the authority is not exchanged so (phase {known.Phase}): {status.Next}"),
            _ => throw Failure.NoSuchResource(),
        };
        var secret = next.ToSecret(stored);
        var reply = await cluster.SendAsync(
            ClusterAuthority.Key, stored is null ? new Create(secret) : new Replace(secret), cancellation);
        if (reply is Reply.Rejected { Status: var refused })
        {
            throw new StatusException(refused);
        }

        pki.Adopt(next);
        LogStep(log, who.LogName, step, next.Phase);
    }

    private ClusterAuthority Rotated(ClusterAuthority known)
    {
        var (certificate, key) = Pki.NewAuthority(time.GetUtcNow());
        return known.Rotate(certificate, key);
    }

    private static ClusterAuthority WhenReady(RotationStatus status, Func<ClusterAuthority> step) =>
        status.Obstacles.ToList() is { Count: > 0 } obstacles
            ? throw Refusal($"not all machines are ready: {string.Join("; ", obstacles)}")
            : step();

    /// <summary>Before it is exchanged for the first time the authority is in the members' directories only.</summary>
    private ClusterAuthority Known(Secret? stored) => ClusterAuthority.Read(stored)
        ?? (stored is null
            ? new(ClusterAuthority.Split(pki.AuthorityPem), pki.AuthorityKeyPem)
            : throw Refusal($"the Secret {ClusterAuthority.Namespace}/{ClusterAuthority.Name} cannot be read: bring "
                + "back what it was, or delete it, and all members keep what they have"));

    private async Task<RotationStatus> StatusAsync(ClusterAuthority known, CancellationToken cancellation)
    {
        try
        {
            var machines = await membership.ListAsync(cancellation);
            return RotationStatus.Of(
                known, AuthorityBundle.Parse(known.Bundle).Pins,
                machines.Select(machine => new MachineTrust(machine, ReportOf(machine))));
        }
        catch (IOException unknown)
        {
            throw new StatusException(Statuses.ServiceUnavailable(FailureWords.Of(unknown)));
        }
    }

    private TrustReport? ReportOf(MemberInfo machine) => TrustReport.Read(
        cluster.View.Get(KindRegistry.Of<Lease>(), NodeAuthorizer.LeaseNamespace, machine.Node) as Lease);

    private Secret? Stored() => cluster.View.Get(
        KindRegistry.Of<Secret>(), ClusterAuthority.Namespace, ClusterAuthority.Name) as Secret;

    private static StatusException Refusal(string message) =>
        new(Statuses.Failure(HttpCode.Conflict, StatusReasons.Conflict, message));

    [LoggerMessage(GatewayEvents.AuthorityRotated, LogLevel.Information,
        "{User} exchanges the cluster's authority ({Step}): {Phase}")]
    private static partial void LogStep(ILogger log, string user, string step, RotationPhase phase);
}
