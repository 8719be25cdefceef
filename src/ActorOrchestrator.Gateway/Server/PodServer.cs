using System.Net;
using System.Net.Security;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Logs;
using ActorOrchestrator.Gateway.Negotiation;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Gateway.Streaming;
using ActorOrchestrator.Gateway.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Gateway.Server;

/// <summary>What a machine that only runs pods shows of them, and to whom.</summary>
public sealed record PodServerOptions
{
    public required IPEndPoint Listen { get; init; }

    /// <summary>What it shows to members, in each new handshake: it names the node, for members ask for it by that
    /// name.</summary>
    public required Func<SslStreamCertificateContext> Certificate { get; init; }

    /// <summary>Who must have signed what a member shows.</summary>
    public required Func<AuthorityBundle> Trusted { get; init; }

    /// <summary>A pod of this machine by namespace and name.</summary>
    public required Func<string?, string, Pod?> FindPod { get; init; }

    public required IIdSource Ids { get; init; }

    public required Random Random { get; init; }
}

/// <summary>
/// The logs and streams of a machine that only runs pods, for members of the control plane, which pass on what clients
/// ask them and say who asks (<see cref="Forwarding.MemberCalls"/>). Whoever shows no member's certificate gets 401 or
/// 403, and whatever else is asked 404.
/// </summary>
public sealed class PodServer : IAsyncDisposable
{
    private static readonly TimeSpan StopWait = TimeSpan.FromSeconds(5);

    private readonly WebApplication _web;
    private readonly ApiPipeline _pipeline;
    private readonly ClientCertificates _callers;
    private readonly AccessLog _log;

    private PodServer(WebApplication web, ApiPipeline pipeline, ClientCertificates callers, AccessLog log)
    {
        (_web, _pipeline, _callers, _log) = (web, pipeline, callers, log);
        web.Run(ServeAsync);
    }

    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<PodServer> StartAsync(
        PodServerOptions options, INodeLogs logs, INodeStreams streams, TimeProvider time, ILoggerFactory loggers,
        CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new FrameworkLogs(loggers));
        builder.Services.AddLogging();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            Endpoints.Configure(kestrel, [options.Listen], options.Certificate));
        builder.WebHost.UseShutdownTimeout(StopWait);
        var ports = new ApiPorts(new MachinePods(options.FindPod), logs, time, loggers)
        {
            Ids = options.Ids, WatchEnds = options.Random, Streams = streams, ClientAuthorities = options.Trusted,
        };
        var server = new PodServer(
            builder.Build(), ApiPipeline.Create(new ApiOptions(), ports),
            new ClientCertificates(options.Trusted, time),
            new AccessLog(loggers.CreateLogger<AccessLog>(), time));
        await server._web.StartAsync(cancellation);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _pipeline.Stop();
        await _web.StopAsync();
        await _web.DisposeAsync();
        _pipeline.Dispose();
    }

    private Task ServeAsync(HttpContext http)
    {
        var who = _callers.Find(http)?.Identity;
        var refusal = who switch
        {
            null => Failure.Unauthorized(),
            var caller when !caller.Groups.Contains(Identity.Members, StringComparer.Ordinal) => Failure.Forbidden(
                caller,
                new AccessRequest(http.Request.Method.ToLowerInvariant(), "", "", "", null, null, http.Request.Path),
                "this machine talks to members of the control plane only"),
            _ => IsOfPod(http.Request) ? null : Failure.NoSuchResource(),
        };
        if (refusal is null)
        {
            return _pipeline.InvokeAsync(http);
        }

        if (refusal.Status.Code != HttpCode.NotFound)
        {
            _log.Refused(http, who ?? Identity.Anonymous, refusal.Status);
        }

        return ResponseWriter.WriteAsync(
            http, refusal.Status, ResponseFormat.ForErrors(http.Request.Headers.Accept.ToString()));
    }

    private static bool IsOfPod(HttpRequest request)
    {
        var info = RequestInfoParser.Parse(
            request.Method, request.Path.Value ?? "/", RequestQuery.IsWatch(request.Query),
            RequestQuery.SelectedName(request.Query));
        return info is
        {
            Group: "", Version: "v1", Resource: "pods", Namespace: not null, Name: not null, IsStream: true,
        };
    }
}
