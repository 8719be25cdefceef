using ActorOrchestrator.Actors;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Gateway;
using ActorOrchestrator.Gateway.Logs;
using ActorOrchestrator.Gateway.Server;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Settings;
using Akka.Remote.Transport.DotNetty;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;

namespace ActorOrchestrator.Host.Serving;

/// <summary>The whole of it in one process: log, control plane, gateway, and this machine's node.</summary>
internal static partial class Server
{
    /// <summary>Failures that are the user's or the machine's to mend: shown as one line, without a stack.</summary>
    public static bool IsExplained(Exception failure) =>
        failure is SettingsException or ServerStartException or JournalException;

    public static async Task RunAsync(ServerSettings settings, CancellationToken stop)
    {
        using var directory = DataDirectory.Open(settings.DataDirectory);
        await using var serilog = Logger(settings.LogLevel);
        // Akka's logger finds it there.
        Log.Logger = serilog;
        using var loggers = new Serilog.Extensions.Logging.SerilogLoggerFactory(serilog);
        var log = loggers.CreateLogger("ActorOrchestrator.Host");
        var machine = TimeProvider.System;
        var time = new SteadyClock(machine, log);
        LogStarting(log, VersionCommand.Version, directory.Root);

        using var journal = JournalHost.Open(settings.Journal, directory);
        using var pki = Gateway.Security.Pki.Open(directory.Pki, settings.Api.ServerNames, time, loggers);
        using var writer = new WriterThread();
        await using var member = await Member.StartAsync(
            PlaneOptions(settings, journal, writer, time, loggers, pki.AuthorityPem),
            JournalHost.Akka(settings, directory, journal), [Certificates(pki)], stop);
        var plane = member.Plane;
        plane.Journal.Writer.OnBehind = () => _ = member.System.Terminate();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _ = EndWithAsync(member, ended);
        // The agent compares times with those of its container runtime, which go by the machine's clock.
        await using var node = new NodeHost(settings, directory, member, machine, loggers);
        await using var gateway = await StartGatewayAsync(settings, directory, plane, node, time, loggers, stop);
        LogServing(log, string.Join(", ", gateway.Addresses), directory.Kubeconfig);
        await node.RunAsync(ended.Token);
        LogStopping(log);
        await gateway.StopAsync();
        if (!stop.IsCancellationRequested)
        {
            throw new ServerStartException(plane.Journal.Writer.IsBehind
                ? $"{plane.Problem}; start it again"
                : "the other members have removed this one from the cluster, because they did not hear from it; "
                    + "start it again to join them");
        }
    }

    /// <summary>Members show each other certificates of the cluster's own authority; any other caller is
    /// refused.</summary>
    public static DotNettySslSetup Certificates(Gateway.Security.Pki pki) => new(
        pki.Member, suppressValidation: false, requireMutualAuthentication: true,
        (certificate, _, _, _, _) => pki.IsMember(certificate));

    /// <summary>A member that the others gave up ends its actor system; the server goes with it.</summary>
    private static async Task EndWithAsync(Member member, CancellationTokenSource ended)
    {
        await member.System.WhenTerminated;
        try
        {
            await ended.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The server has ended by itself.
        }
    }

    public static ControlPlaneOptions PlaneOptions(
        ServerSettings settings, IJournalStore journal, WriterThread writer, TimeProvider time, ILoggerFactory loggers,
        string authorityPem) => new()
    {
        Store = journal,
        Time = time,
        WriterThread = writer.Schedule,
        Loggers = loggers,
        Ids = new RandomIds(),
        Projections = ClusterParts.Projections(authorityPem, schedulerSeed: Environment.ProcessId),
        InitialObjects = ClusterParts.InitialObjects(),
        Behaviors = ClusterParts.Behaviors(settings.Node.SilenceMax),
        PassivateAfter = settings.Entities.PassivateAfter,
        CommandTimeout = settings.Entities.CommandTimeout,
        WatchWindow = settings.Journal.WatchWindow,
        EventLifetime = settings.EventLifetime,
    };

    private static async Task<GatewayServer> StartGatewayAsync(
        ServerSettings settings, DataDirectory directory, ControlPlane plane, NodeHost node, TimeProvider time,
        ILoggerFactory loggers, CancellationToken stop)
    {
        var options = GatewayOptionsOf(settings, directory) with
        {
            HealthChecks =
            [
                new HealthCheck("journal", () => plane.Problem),
                new HealthCheck("node", () => node.Problem),
            ],
        };
        try
        {
            return await GatewayServer.StartAsync(options, ApiPortsOf(plane, node.Logs, time, loggers), stop);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            throw new ServerStartException(
                $"the API cannot be served: {failure.Message} (--listen names another address)", failure);
        }
    }

    public static ApiPorts ApiPortsOf(
        ControlPlane plane, INodeLogs logs, TimeProvider time, ILoggerFactory loggers) =>
        new(plane, logs, time, loggers) { Ids = new RandomIds(), WatchEnds = new Random() };

    public static GatewayOptions GatewayOptionsOf(ServerSettings settings, DataDirectory directory) => new()
    {
        Listen = settings.Api.Listen,
        PkiDirectory = directory.Pki,
        ServerNames = settings.Api.ServerNames,
        KubeconfigFile = directory.Kubeconfig,
        KubeconfigHost = settings.Api.KubeconfigHost,
        TokenFile = settings.Api.TokenFile,
        ReadsInFlightMax = settings.Api.ReadsInFlightMax,
        WritesInFlightMax = settings.Api.WritesInFlightMax,
        LongRunningMax = settings.Api.LongRunningMax,
        WatchTimeoutMin = settings.Api.WatchTimeoutMin,
    };

    private static Serilog.Core.Logger Logger(string level) => new LoggerConfiguration()
        .MinimumLevel.Is(Enum.Parse<LogEventLevel>(level))
        .WriteTo.Console(
            outputTemplate: "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffZ} {Level:u3} {Message:lj}{NewLine}{Exception}",
            standardErrorFromLevel: LogEventLevel.Verbose)
        .CreateLogger();

    [LoggerMessage(6001, LogLevel.Information, "orchestrator {Version} starts on {Directory}")]
    private static partial void LogStarting(Microsoft.Extensions.Logging.ILogger log, string version, string directory);

    [LoggerMessage(6002, LogLevel.Information,
        "Serving the Kubernetes API on {Addresses}; kubectl --kubeconfig {Kubeconfig}")]
    private static partial void LogServing(Microsoft.Extensions.Logging.ILogger log, string addresses,
        string kubeconfig);

    [LoggerMessage(6003, LogLevel.Information, "Stopping; containers run on")]
    private static partial void LogStopping(Microsoft.Extensions.Logging.ILogger log);
}
