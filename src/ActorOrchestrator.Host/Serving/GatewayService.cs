using System.Net;
using System.Net.Sockets;
using ActorOrchestrator.Actors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Domain.ApiServers;
using ActorOrchestrator.Gateway;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Gateway.Server;
using ActorOrchestrator.Host.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Host.Serving;

/// <summary>Serves the API of this member while the host runs.</summary>
internal sealed class GatewayService(
    ServerSettings settings, DataDirectory directory, ControlPlane plane, NodeService node, IMembership membership,
    Pki pki, TimeProvider time, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private GatewayServer? _server;

    /// <summary>Where it listens, once it is started.</summary>
    public IReadOnlyList<IPEndPoint> Addresses => _server?.Addresses ?? [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var options = Server.GatewayOptionsOf(settings, directory) with
        {
            HealthChecks =
            [
                new HealthCheck("journal", () => plane.Problem),
                new HealthCheck("node", () => node.Problem),
            ],
        };
        try
        {
            _server = await GatewayServer.StartAsync(
                options,
                Server.ApiPortsOf(plane, node.Logs, time, loggers) with
                {
                    Streams = node.Streams, NodeName = settings.Node.Name, MemberOf = MemberOf,
                    Membership = membership, Pki = pki,
                },
                cancellationToken);
        }
        catch (Exception failure) when (failure is SocketException or { InnerException: AddressInUseException })
        {
            throw new ServerStartException(
                $"the API cannot be served on {string.Join(", ", settings.Api.Listen)}: {FailureWords.Of(failure)} "
                + "(--listen names another address)", failure);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ServerStartException($"the API cannot be served: {FailureWords.Of(failure)}", failure);
        }
    }

    /// <summary>Lets load balancers see that this member goes, before it does.</summary>
    /// <param name="serveOn">Whether it still can: one that the others removed has nothing to wait for.</param>
    public Task LeaveAsync(bool serveOn)
    {
        _server?.Leave();
        return serveOn ? Task.Delay(settings.Api.ShutdownDelay, time) : Task.CompletedTask;
    }

    private IPEndPoint? MemberOf(string node) => ApiServerLeases.AddressOf(
        node, plane.View.List(KindRegistry.Of<Lease>(), ApiServerLeases.Namespace).Objects.Cast<Lease>());

    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync() ?? Task.CompletedTask;

    /// <summary>The host's container does it for each of a service's registrations.</summary>
    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _server, null)?.DisposeAsync() ?? ValueTask.CompletedTask;
}
