using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Forwarding;
using ActorOrchestrator.Gateway.Listing;
using ActorOrchestrator.Gateway.Negotiation;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Telemetry;
using ActorOrchestrator.Gateway.Wire;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Server;

/// <summary>
/// What every request passes: who is it, may it, is there room, then the endpoint. Every way out is counted, logged,
/// and answered: a refusal with its Status, a fault of ours with 500, a client that left with nothing.
/// </summary>
internal sealed class RequestPipeline(
    Authenticator authenticator, Impersonation impersonation, IAuthorizer authorizer, VersionGate gate,
    InFlight inFlight, ResourceRouter resources, PathEndpoints paths, AccessLog log, TimeProvider time)
{
    /// <summary>What nginx and others log for a client that went away before its answer.</summary>
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext http)
    {
        var started = time.GetTimestamp();
        var info = RequestInfoParser.Parse(
            http.Request.Method, http.Request.Path.Value ?? "/", RequestQuery.IsWatch(http.Request.Query),
            RequestQuery.SelectedName(http.Request.Query));
        var longRunning = info.Verb == "watch" || info.IsStream || info.Path == OpenPaths.Pulse;
        var (who, isAdmitted) = (Identity.Anonymous, false);
        int code;
        try
        {
            http.Response.Headers.CacheControl = "no-cache, private";
            if (RawPath.HasDotSegment(http.Features))
            {
                throw Failure.BadRequest("the path must not have the segments . and ..");
            }

            var shown = authenticator.Authenticate(http);
            who = shown.Who ?? who;
            who = Identify(http, info, shown);
            if (SeenVersion.Of(who, http.Request.Headers) is { } seen)
            {
                await gate.WaitAsync(seen, http.RequestAborted);
            }

            Authorize(who, info, http.Request.Query);
            isAdmitted = true;
            using (inFlight.Enter(info.Verb, info.Resource, longRunning))
            {
                await (info.IsResource
                    ? resources.ServeAsync(http, info, who)
                    : paths.ServeAsync(http, info, who));
            }

            code = http.Response.StatusCode;
        }
        catch (Exception cause)
        {
            code = await AnswerAsync(http, info, who, isAdmitted, cause);
        }

        var took = time.GetElapsedTime(started);
        GatewayInstruments.Shared.Served(
            info.IsResource || code < 400 ? info.Verb : "other", info.ResourceAndSubresource, code, took, longRunning);
        log.Served(http.Request.Method, info.Path, who.LogName, code, took);
    }

    private Identity Identify(HttpContext http, RequestInfo info, Shown shown)
    {
        if (ForwardedIdentity.Of(shown.Who, http.Request.Headers) is { } forwarded)
        {
            return forwarded;
        }

        if (IsOpen(info) && !Impersonation.IsAsked(http.Request.Headers))
        {
            return shown.Who ?? Identity.Anonymous;
        }

        if (shown.Refusal is { } refusal)
        {
            throw new StatusException(refusal);
        }

        var who = impersonation.Apply(shown.Who, http.Request.Headers);
        return who.ShowedNothing ? throw Failure.Unauthorized() : who;
    }

    private void Authorize(Identity who, RequestInfo info, IQueryCollection query)
    {
        if (IsOpen(info))
        {
            return;
        }

        var access = info.IsResource
            ? new AccessRequest(
                info.Verb, info.Group, info.Resource, info.Subresource, info.Namespace, info.Name, Path: null)
            {
                FieldSelector = query["fieldSelector"] is [{ } selector] ? selector : null,
            }
            : new AccessRequest(info.Verb, "", "", "", null, null, info.Path);
        Authorize(who, access);
        if (info.ConnectsToPod)
        {
            // A WebSocket begins with GET, and nobody who may only read is to run commands by it.
            Authorize(who, access with { Verb = "create" });
        }
    }

    private void Authorize(Identity who, AccessRequest access)
    {
        var decision = authorizer.Decide(who, access);
        if (!decision.Allowed)
        {
            throw Failure.Forbidden(who, access, decision.Reason);
        }
    }

    /// <summary>Who was not let in. To one that was, what is forbidden is no right that he has not (a quota, an ending
    /// namespace); but machines' restrictions stand where commands are sent.</summary>
    private static bool IsOfStranger(Status status, Identity who, bool isAdmitted) => status.Code switch
    {
        HttpCode.Unauthorized => true,
        HttpCode.Forbidden => !isAdmitted || NodeIdentity.NameOf(who) is not null,
        HttpCode.BadRequest => !isAdmitted,
        _ => false,
    };

    private static bool IsOpen(RequestInfo info) => !info.IsResource && OpenPaths.ToAnonymous(info.Path);

    /// <summary>Turns whatever ended the request into its answer, and tells the code that it got.</summary>
    private async Task<int> AnswerAsync(
        HttpContext http, RequestInfo info, Identity who, bool isAdmitted, Exception cause)
    {
        if (http.RequestAborted.IsCancellationRequested)
        {
            return ClientClosedRequest;
        }

        var status = cause switch
        {
            StatusException refused => refused.Status,
            BadHttpRequestException { StatusCode: HttpCode.RequestEntityTooLarge } => Failure.BodyTooLarge().Status,
            BadHttpRequestException bad => Statuses.Failure(
                bad.StatusCode,
                bad.StatusCode == HttpCode.RequestTimeout ? StatusReasons.Timeout : StatusReasons.BadRequest,
                bad.Message),
            _ => null,
        };
        if (status is null)
        {
            log.Broke(http.Request.Method, info.Path, cause);
            status = Failure.Internal("the request broke in the server; its log has the cause").Status;
        }

        if (IsOfStranger(status, who, isAdmitted))
        {
            log.Refused(http, who, status);
        }

        if (http.Response.HasStarted)
        {
            // Part of an answer is out: only breaking the connection tells the client that the rest is missing.
            http.Abort();
            return status.Code;
        }

        await ResponseWriter.WriteAsync(http, status, ResponseFormat.ForErrors(http.Request.Headers.Accept.ToString()));
        return status.Code;
    }
}
