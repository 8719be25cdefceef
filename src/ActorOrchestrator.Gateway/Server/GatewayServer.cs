using System.Net;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Authorities;
using ActorOrchestrator.Gateway.Forwarding;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Gateway.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace ActorOrchestrator.Gateway.Server;

/// <summary>The API server: a running Kestrel with the request pipeline. Stops once.</summary>
public sealed partial class GatewayServer : IAsyncDisposable
{
    private static readonly TimeSpan RenewalCheckInterval = TimeSpan.FromHours(12);

    private readonly GatewayOptions _options;
    private readonly WebApplication _web;
    private readonly Pki _pki;
    private readonly bool _ownsPki;
    private readonly AuthorityFollower _authorities;
    private readonly ILogger _log;
    private readonly ApiPipeline _pipeline;
    private readonly MetricsEndpoint _metrics;
    private readonly MemberCalls _members;
    private readonly ITimer _renewals;
    private readonly Lock _writing = new();
    private int _stopped;

    private GatewayServer(
        GatewayOptions options, WebApplication web, Pki pki, ApiPipeline pipeline, MetricsEndpoint metrics,
        MemberCalls members, ApiPorts ports, ILogger log)
    {
        (_options, _web, _pki, _pipeline, _metrics, _members, _log) =
            (options, web, pki, pipeline, metrics, members, log);
        var time = ports.Time;
        _ownsPki = ports.Pki is null;
        Addresses = BoundTo(web);
        _authorities = new(ports.Cluster.View, pki, WriteKubeconfig, time, log);
        _renewals = time.CreateTimer(_ => Renew(), null, RenewalCheckInterval, RenewalCheckInterval);
    }

    /// <summary>Where it listens, with the ports that were taken.</summary>
    public IReadOnlyList<IPEndPoint> Addresses { get; }

    /// <summary>The administrator's kubeconfig, as written to <see cref="GatewayOptions.KubeconfigFile"/>.</summary>
    public string AdminKubeconfig => _pki.AdminKubeconfig(
        new UriBuilder("https", _options.KubeconfigHost, Addresses[0].Port).Uri);

    /// <summary>Makes what the PKI lacks, listens, and writes the kubeconfig.</summary>
    /// <param name="options">Where and how to serve.</param>
    /// <param name="ports">What the API stands on; tokens, certificates and metrics are added here.</param>
    /// <param name="cancellation">Gives up the start.</param>
    /// <exception cref="IOException">A port is taken, or the directory cannot be written.</exception>
    /// <exception cref="InvalidDataException">A certificate or the token file cannot be read.</exception>
    public static async Task<GatewayServer> StartAsync(
        GatewayOptions options, ApiPorts ports, CancellationToken cancellation = default)
    {
        var (time, loggers) = (ports.Time, ports.Loggers);
        var log = loggers.CreateLogger<GatewayServer>();
        var pki = ports.Pki ?? Pki.Open(options.PkiDirectory, options.ServerNames, time, loggers);
        var tokens = await ReadTokensAsync(options, log, cancellation);
        var metrics = new MetricsEndpoint(ProcessInstruments.Shared);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new FrameworkLogs(loggers));
        builder.Services.AddLogging();
        builder.Services.AddHttpForwarder();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            Endpoints.Configure(kestrel, options.Listen, () => pki.ServerContext));
        builder.WebHost.UseShutdownTimeout(options.StopWait);
        var web = builder.Build();
        var members = new MemberCalls(web.Services.GetRequiredService<IHttpForwarder>(), pki);
        var pipeline = ApiPipeline.Create(options, ports with
        {
            Tokens = tokens,
            ClientAuthorities = () => pki.Trusted,
            Metrics = metrics.InvokeAsync,
            Members = members,
            Joins = ports.Membership is { } membership
                ? new JoinEndpoints(pki, membership, loggers.CreateLogger<JoinEndpoints>())
                : null,
            Authorities = ports.Membership is { } machines
                ? new AuthorityEndpoints(
                    ports.Cluster, pki, machines, time, loggers.CreateLogger<AuthorityEndpoints>())
                : null,
        });
        web.Run(pipeline.InvokeAsync);
        await web.StartAsync(cancellation);

        var server = new GatewayServer(options, web, pki, pipeline, metrics, members, ports, log);
        server.WriteKubeconfig();
        LogListening(log, string.Join(", ", server.Addresses));
        return server;
    }

    /// <summary>Is not ready from now on, and serves as before.</summary>
    public void Leave() => _pipeline.Leave();

    /// <summary>Takes no more requests, ends watches cleanly, and lets the rest finish within
    /// <see cref="GatewayOptions.StopWait"/>.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        LogStopping(_log);
        _pipeline.Stop();
        await _web.StopAsync();
        LogStopped(_log);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _renewals.DisposeAsync();
        _authorities.Dispose();
        await _web.DisposeAsync();
        _metrics.Dispose();
        _members.Dispose();
        _pipeline.Dispose();
        if (_ownsPki)
        {
            _pki.Dispose();
        }
    }

    private static IReadOnlyList<IPEndPoint> BoundTo(WebApplication web)
    {
        var addresses = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()
            ?? throw new InvalidOperationException("Kestrel tells no addresses");
        return [.. addresses.Addresses.Select(address => new Uri(address)).Select(url =>
            new IPEndPoint(IPAddress.Parse(url.Host.Trim('[', ']')), url.Port))];
    }

    private static async Task<TokenFile> ReadTokensAsync(
        GatewayOptions options, ILogger log, CancellationToken cancellation)
    {
        if (options.TokenFile is not { } path)
        {
            return TokenFile.Empty;
        }

        var tokens = TokenFile.Parse(path, await File.ReadAllTextAsync(path, cancellation));
        LogTokens(log, tokens.Count, path);
        return tokens;
    }

    private void Renew()
    {
        try
        {
            if (_pki.RenewIfDue())
            {
                WriteKubeconfig();
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // The certificates at hand still have weeks; the next check tries again.
            LogRenewalFailed(_log, cause);
        }
    }

    private void WriteKubeconfig()
    {
        lock (_writing)
        {
            if (_options.KubeconfigFile is { } path)
            {
                Kubeconfig.Write(path, AdminKubeconfig);
            }
        }
    }

    [LoggerMessage(GatewayEvents.Listening, LogLevel.Information, "The API listens on {Addresses}")]
    private static partial void LogListening(ILogger log, string addresses);

    [LoggerMessage(GatewayEvents.Stopping, LogLevel.Information, "The API stops: no new requests, watches end")]
    private static partial void LogStopping(ILogger log);

    [LoggerMessage(GatewayEvents.Stopped, LogLevel.Information, "The API has stopped")]
    private static partial void LogStopped(ILogger log);

    [LoggerMessage(GatewayEvents.TokensRead, LogLevel.Information, "Read {Count} bearer tokens from {Path}")]
    private static partial void LogTokens(ILogger log, int count, string path);

    [LoggerMessage(GatewayEvents.CertificateRenewalFailed, LogLevel.Error, "Certificates could not be renewed")]
    private static partial void LogRenewalFailed(ILogger log, Exception cause);
}
