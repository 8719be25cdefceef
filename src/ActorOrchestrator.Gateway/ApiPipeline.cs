using ActorOrchestrator.Gateway.Applying;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Discovery;
using ActorOrchestrator.Gateway.Forwarding;
using ActorOrchestrator.Gateway.Health;
using ActorOrchestrator.Gateway.Listing;
using ActorOrchestrator.Gateway.Logs;
using ActorOrchestrator.Gateway.OpenApi;
using ActorOrchestrator.Gateway.Patching;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Server;
using ActorOrchestrator.Gateway.Streaming;
using ActorOrchestrator.Gateway.Verbs;
using ActorOrchestrator.Gateway.Watching;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Gateway;

/// <summary>
/// The API without a network: takes one request and answers it. What a request waits for it awaits on the context that
/// it came with (SynchronizationContext), never on a thread of its own, so that a simulator can serve requests too.
/// </summary>
public sealed class ApiPipeline : IDisposable
{
    /// <summary>Documents of the program, not of a cluster: made once a process.</summary>
    private static readonly DiscoveryEndpoints Discovery = new();

    private static readonly OpenApiEndpoints OpenApi = new();

    private readonly ApiOptions _options;
    private readonly ApiPorts _ports;
    private readonly CancellationTokenSource _stopping = new();
    private readonly AuthorizerChain _authorizer;
    private readonly BootstrapTokens _bootstrap;
    private readonly CommandSender _sender;
    private readonly VersionGate _gate;
    private readonly RequestPipeline _requests;
    private volatile bool _isLeaving;

    private ApiPipeline(ApiOptions options, ApiPorts ports)
    {
        (_options, _ports) = (options, ports);
        _authorizer = new([new MastersAuthorizer(), new NodeAuthorizer(ports.Cluster.View, ports.PodsOn)]);
        var certificates =
            ports.ClientAuthorities is { } trusted ? new ClientCertificates(trusted, ports.Time) : null;
        _bootstrap = new BootstrapTokens(ports.Cluster.View, ports.Time);
        var authenticator = new Authenticator(certificates, ports.Tokens, _bootstrap, ports.Cluster.View);
        _sender = new CommandSender(ports.Cluster);
        _gate = new VersionGate(ports.Cluster, options, ports.Time);
        _requests = new RequestPipeline(
            authenticator, new Impersonation(_authorizer), _authorizer, _gate, new InFlight(options), Resources(),
            Paths(),
            new AccessLog(ports.Loggers.CreateLogger<AccessLog>(), ports.Time), ports.Time);
    }

    public static ApiPipeline Create(ApiOptions options, ApiPorts ports) => new(options, ports);

    /// <summary>Answers a request; ends when its answer is complete.</summary>
    public Task InvokeAsync(HttpContext http) => _requests.InvokeAsync(http);

    /// <summary>Is not ready from now on, and answers as before: who sends requests by that sends them
    /// elsewhere.</summary>
    public void Leave() => _isLeaving = true;

    /// <summary>Ends watches and followed logs cleanly, and is not ready from now on. Other requests are still
    /// answered.</summary>
    public void Stop()
    {
        Leave();
        _stopping.Cancel();
    }

    public void Dispose() => _stopping.Dispose();

    private ResourceRouter Resources()
    {
        var (view, time) = (_ports.Cluster.View, _ports.Time);
        var pages = new ListPages(view, _gate, time);
        var reads = new ReadVerbs(_ports.Cluster, pages, _gate);
        var streams = _ports.Streams ?? new NoStreams();
        return new ResourceRouter(
            reads,
            new WatchVerb(view, _gate, _options, time, _ports.WatchEnds, _stopping.Token),
            new CreateVerb(view, _sender, _ports.Ids),
            new UpdateVerb(_ports.Cluster, _sender),
            new PatchVerb(_ports.Cluster, _sender, new Applier(_ports.Cluster, _sender)),
            new DeleteVerbs(_sender, pages),
            new ScaleVerbs(reads, _sender),
            new PodVerbs(reads, view, _sender),
            new LogVerb(reads, _ports.Logs, _stopping.Token),
            new PodStreamVerbs(reads, streams, time, _stopping.Token),
            new PortForwardVerb(reads, streams, time, _stopping.Token),
            new PodPaths(reads, view, _ports.Members, _ports.MemberOf, _ports.NodeName),
            new ReviewVerbs(_authorizer, _ports.Tokens, _bootstrap),
            time);
    }

    private PathEndpoints Paths() => new(
    [
        VersionEndpoint.Endpoint(),
        .. new HealthEndpoints(_options.HealthChecks, () => _isLeaving).Endpoints,
        .. Discovery.Endpoints,
        .. OpenApi.Endpoints,
        .. Metrics(),
        .. _ports.Joins?.Endpoints ?? [],
        .. _ports.Authorities?.Endpoints ?? [],
        new PulseEndpoint(_ports.Machines, _stopping.Token).Endpoint(),
        new LeaseEndpoint(_ports.Cluster).Endpoint(),
        new ApplyEndpoint(new Applier(_ports.Cluster, _sender), _authorizer, _ports.Time).Endpoint(),
    ]);

    private IEnumerable<PathEndpoint> Metrics() => _ports.Metrics is not { } metrics ? [] :
    [
        new("/metrics", Below: false, (http, _, _) => metrics(http)),
    ];
}
