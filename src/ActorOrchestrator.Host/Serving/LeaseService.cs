using System.Net;
using System.Security.Cryptography;
using System.Text;
using ActorOrchestrator.Actors;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Leases;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.ApiServers;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Settings;
using Microsoft.Extensions.Hosting;

namespace ActorOrchestrator.Host.Serving;

/// <summary>Says by two Leases, while the host runs, that this member serves the API, and that this machine's node
/// lives.</summary>
internal sealed class LeaseService(
    ServerSettings settings, DataDirectory directory, ControlPlane plane, GatewayService gateway, NodeService node,
    Pki pki, TimeProvider time) : BackgroundService
{
    /// <summary>A hash that is long enough to be nobody else's.</summary>
    private const int IdLength = 26;

    /// <summary>The node is there soon after the start.</summary>
    private static readonly TimeSpan NodePause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan GiveUpBound = TimeSpan.FromSeconds(2);

    private readonly LeaseKeeper _keeper = new(plane, time);
    private Lease? _server;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_server is { } held)
        {
            using var bound = new CancellationTokenSource(GiveUpBound, time);
            await _keeper.GiveUpAsync(held, bound.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var server = _server = ServerLease();
        return Task.WhenAll(
            KeepAsync(() => server, ApiServerLeases.RenewEvery, stoppingToken),
            KeepAsync(NodeLease, NodeLeases.RenewEvery, stoppingToken));
    }

    /// <summary>Renews a Lease as long as there is one to be held.</summary>
    private async Task KeepAsync(Func<Lease?> wanted, TimeSpan every, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var lease = wanted();
            if (lease is not null)
            {
                await _keeper.RenewAsync(lease, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await Task.Delay(lease is null ? NodePause : every, time, cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Lease ServerLease()
    {
        var host = Dns.GetHostName().ToLowerInvariant();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{host}\n{directory.Root}"));
        var activation = new RandomIds().NewUid();
        return ApiServerLeases.Of(
            Convert.ToHexStringLower(hash)[..IdLength], activation, host, settings.Node.Name,
            gateway.Addresses.Select(Advertised));
    }

    /// <summary>An address that others can use in the place of one that stands for all of this machine's.</summary>
    private IPEndPoint Advertised(IPEndPoint address) =>
        address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any)
            ? new IPEndPoint(IPAddress.Parse(NodeService.AddressesOf(settings.Node)[0]), address.Port)
            : address;

    /// <summary>Null while the agent does not run, or its Node is not there.</summary>
    private Lease? NodeLease() =>
        node.Problem is null && plane.View.Get(KindRegistry.Of<Node>(), null, settings.Node.Name) is Node known
            ? NodeLeases.Of(known, pki.Report)
            : null;
}
