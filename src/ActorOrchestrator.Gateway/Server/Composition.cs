using System.Security.Cryptography;
using System.Text;
using ActorOrchestrator.Actors;
using ActorOrchestrator.Gateway.Applying;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Discovery;
using ActorOrchestrator.Gateway.Health;
using ActorOrchestrator.Gateway.Listing;
using ActorOrchestrator.Gateway.Logs;
using ActorOrchestrator.Gateway.OpenApi;
using ActorOrchestrator.Gateway.Patching;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Telemetry;
using ActorOrchestrator.Gateway.Verbs;
using ActorOrchestrator.Gateway.Watching;
using ActorOrchestrator.Gateway.Wire;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Gateway.Server;

/// <summary>Puts the gateway's parts together.</summary>
internal sealed record Composition(
    GatewayOptions Options, ICluster Cluster, INodeLogs Logs, TimeProvider Time, ILoggerFactory Loggers,
    Authenticator Authenticator, TokenFile Tokens, GatewayInstruments Instruments, MetricsCollector Metrics,
    CancellationToken Stopping)
{
    public RequestPipeline Pipeline()
    {
        var authorizer = new MastersAuthorizer();
        return new RequestPipeline(
            Authenticator, authorizer, new InFlight(Options, Instruments), Resources(authorizer), Paths(authorizer),
            Instruments, new AccessLog(Loggers.CreateLogger<AccessLog>()), Time);
    }

    private ResourceRouter Resources(IAuthorizer authorizer)
    {
        var gate = new VersionGate(Cluster.View, Options, Time);
        var pages = new ListPages(Cluster.View, gate, Time);
        var sender = new CommandSender(Cluster);
        var reads = new ReadVerbs(Cluster, pages, gate);
        var random = new Random(RandomNumberGenerator.GetInt32(int.MaxValue));
        return new ResourceRouter(
            reads,
            new WatchVerb(Cluster.View, gate, Options, Instruments, Time, random, Stopping),
            new CreateVerb(sender, new NameSource()),
            new UpdateVerb(Cluster, sender),
            new PatchVerb(Cluster, sender, new Applier(Cluster, sender)),
            new DeleteVerbs(sender, pages),
            new ScaleVerbs(reads, sender),
            new PodVerbs(sender),
            new LogVerb(reads, Logs, Stopping),
            new ReviewVerbs(authorizer, Tokens),
            Time);
    }

    private PathEndpoint Apply(IAuthorizer authorizer) => new ApplyEndpoint(
        new Applier(Cluster, new CommandSender(Cluster)), Authenticator, authorizer, Time).Endpoint();

    private PathEndpoints Paths(IAuthorizer authorizer)
    {
        var metrics = new PathEndpoint("/metrics", Below: false, (http, _) => ResponseWriter.SendAsync(
            http, 200, "text/plain; version=0.0.4; charset=utf-8", Encoding.UTF8.GetBytes(Metrics.Render())));
        return new PathEndpoints(
        [
            VersionEndpoint.Endpoint(),
            .. new HealthEndpoints(Options.HealthChecks, Stopping).Endpoints,
            .. new DiscoveryEndpoints().Endpoints,
            .. new OpenApiEndpoints().Endpoints,
            metrics,
            Apply(authorizer),
        ]);
    }
}
