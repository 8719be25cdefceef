using System.Net.Sockets;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Server;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;
using Akka.Actor;
using Akka.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Host.Remote;

/// <summary>
/// A machine that only runs pods: an agent in an actor system of its own, the API of the control plane in the place of
/// its actors, and a server for logs and streams. There is no journal, no shard and no way to the database, and no
/// member's certificate: whoever takes the machine over has what its pods have, and no more.
/// </summary>
internal static partial class RemoteNode
{
    public static async Task RunAsync(ServerSettings settings, CancellationToken stop)
    {
        if (settings.Control.Members.Count == 0)
        {
            throw new SettingsException(
                "control.members: name where the API of at least one member of the control plane is");
        }

        using var directory = DataDirectory.Open(settings.DataDirectory);
        await using var serilog = Server.Logger(settings.LogLevel, isAlone: true);
        Serilog.Log.Logger = serilog;
        using var loggers = new Serilog.Extensions.Logging.SerilogLoggerFactory(serilog);
        var log = loggers.CreateLogger("ActorOrchestrator.Host.Remote");
        var certificates = NodeCertificates.Read(settings.Control, settings.Node.Name);
        LogStarting(log, VersionCommand.Version, settings.Node.Name, directory.Root);
        NodeService.GuardPods(settings.Node, directory);
        var (time, random) = (TimeProvider.System, new Random());
        var members = KnownMembers.Read(settings.DataDirectory, settings.Control.Members);
        using var api = new ApiCalls(
            members.All, () => ApiCalls.Over(certificates.Client, certificates.Trusted),
            random.Next(members.First.Count), time, log);
        var (pods, ids) = (new OwnPods(), new RandomIds());
        using var link = new ApiLink(
            api, new NodeBeat(api, settings.Node.Name, () => certificates.Report, time, log),
            pods, ids, random, time, loggers);
        using var system = ActorSystem.Create("machine", Akka(settings));
        try
        {
            await using var node = Node(settings, directory, link, system, loggers);
            await using var server = await ServeAsync(
                new PodServerOptions
                {
                    Listen = settings.Control.Listen,
                    Certificate = () => certificates.ServerContext,
                    Trusted = () => certificates.Trusted,
                    FindPod = pods.Find,
                    Ids = ids,
                    Random = random,
                },
                node, time, loggers, stop);
            LogServing(log, settings.Control.Listen, string.Join(", ", members.All));
            using var renewal = new NodeRenewal(api, certificates, settings.Node.Name, new Random(), time, log);
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await UntilStoppedAsync(
                node,
                [
                    node, new NodeDoor(directory, node, leaving.Cancel, loggers),
                    new LogindService(settings.Node, node, loggers),
                    new NodePulse(api, time, log),
                    renewal,
                    new ControlFollower(api, certificates, members, renewal, time, log),
                ],
                leaving.Token);
            Systemd.TellStopping();
            LogStopping(log);
        }
        finally
        {
            await system.Terminate();
        }
    }

    private static NodeService Node(
        ServerSettings settings, DataDirectory directory, ApiLink link, ActorSystem system, ILoggerFactory loggers)
    {
        try
        {
            return new NodeService(settings.Node, directory, link, system, loggers)
            {
                Port = settings.Control.Listen.Port,
            };
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ServerStartException($"this machine cannot be a node: {FailureWords.Of(failure)}", failure);
        }
    }

    private static async Task<PodServer> ServeAsync(
        PodServerOptions options, NodeService node, TimeProvider time, ILoggerFactory loggers, CancellationToken stop)
    {
        try
        {
            return await PodServer.StartAsync(options, node.Logs, node.Streams, time, loggers, stop);
        }
        catch (Exception failure) when (failure is SocketException or { InnerException: AddressInUseException })
        {
            throw new ServerStartException(
                $"logs and streams cannot be served on {options.Listen}: {FailureWords.Of(failure)} "
                + "(control.listen names another address)", failure);
        }
    }

    /// <summary>Started in this order, and stopped in the opposite one. What ends the node's work unforeseen ends the
    /// process.</summary>
    private static async Task UntilStoppedAsync(
        NodeService node, IReadOnlyList<BackgroundService> services, CancellationToken stop)
    {
        try
        {
            foreach (var service in services)
            {
                await service.StartAsync(stop);
            }

            var stopped = Task.Delay(Timeout.InfiniteTimeSpan, stop);
            Systemd.TellReady();
            await await Task.WhenAny(stopped, node.ExecuteTask ?? stopped);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // As told.
        }
        finally
        {
            foreach (var service in services.Reverse())
            {
                await service.StopAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>What the server's actor system has, without a cluster around it.</summary>
    private static Config Akka(ServerSettings settings) =>
        ConfigurationFactory.ParseString("akka.actor.provider = local")
            .WithFallback(ConfigurationFactory.ParseString($"akka {settings.Akka}"));

    [LoggerMessage(6030, LogLevel.Information, "orchestrator {Version} runs pods as node {Node}, on {Directory}")]
    private static partial void LogStarting(ILogger log, string version, string node, string directory);

    [LoggerMessage(6031, LogLevel.Information, "Serving logs and streams on {Listen}; the control plane is {Members}")]
    private static partial void LogServing(ILogger log, System.Net.IPEndPoint listen, string members);

    [LoggerMessage(6032, LogLevel.Information, "Stopping; containers run on")]
    private static partial void LogStopping(ILogger log);
}
