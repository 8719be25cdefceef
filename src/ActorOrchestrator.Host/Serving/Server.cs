using ActorOrchestrator.Actors;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Agent;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Gateway;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Logs;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Joining;
using ActorOrchestrator.Host.Settings;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote;
using Akka.Remote.Transport.DotNetty;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Postgres;
using ActorOrchestrator.Actors.Journal.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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

    /// <summary>As Serilog has output templates.</summary>
    public const string Line = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffZ} {Level:u3} {Message:lj}{" + StrangerLines.Hidden
        + "}{NewLine}";

    public static async Task RunAsync(ServerSettings settings, CancellationToken stop)
    {
        RefuseMachine(settings);
        using var directory = DataDirectory.Open(settings.DataDirectory);
        await using var serilog = Logger(settings.LogLevel, isAlone: !settings.Cluster.IsShared);
        // Akka's logger finds it there.
        Log.Logger = serilog;
        using var loggers = new Serilog.Extensions.Logging.SerilogLoggerFactory(serilog);
        var log = loggers.CreateLogger("ActorOrchestrator.Host");
        var time = new SteadyClock(TimeProvider.System, log);
        LogStarting(log, VersionCommand.Version, directory.Root);

        NodeService.GuardPods(MachineOf(settings), directory);
        using var journal = JournalHost.Open(settings.Journal, directory);
        await JournalHost.ReachAsync(journal, TimeProvider.System, problem => LogWaiting(log, problem), stop);
        JournalPlace.Keep(directory.Root, settings.Journal);
        using var pki = await OpenPkiAsync(settings, directory, journal, time, loggers);
        using var members = settings.Cluster.IsShared ? new PostgresMembers(settings.Journal.Connection) : null;
        using var finder = members is null ? null : FinderOf(settings, members, time, loggers);
        using var writer = new WriterThread();
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(settings: null);

        // Started in this order, and stopped in the opposite one.
        builder.Services
            .AddMember(
                PlaneOptions(settings, journal, writer, time, loggers, pki.AuthorityPem)
                    with { Finder = finder, HeartbeatKey = () => pki.MembersSecret },
                JournalHost.Akka(settings, journal), SetupsOf(settings, directory, pki))
            .AddSingleton<IMembership>(services => new Membership(
                settings, directory, members, services.GetRequiredService<ControlPlane>()))
            .AddSingleton(settings).AddSingleton(MachineOf(settings)).AddSingleton(directory)
            .AddSingleton(pki).AddSingleton<TimeProvider>(time)
            .AddSingleton<IClusterLink, ClusterLink>().AddSingleton<GatewayService>().AddSingleton<NodeService>()
            .AddHostedService(services => services.GetRequiredService<GatewayService>())
            .AddHostedService(services => services.GetRequiredService<NodeService>()).AddHostedService<LeaseService>()
            .AddSingleton(services => new NodeDoor(
                directory, services.GetRequiredService<NodeService>(),
                services.GetRequiredService<IHostApplicationLifetime>().StopApplication, loggers))
            .AddHostedService(services => services.GetRequiredService<NodeDoor>()).AddHostedService<LogindService>();
        var host = builder.Build();
        await using var disposal = (IAsyncDisposable)host;
        MakeServices(host, settings.Cluster);
        JournalNotes.Follow(host.Services.GetRequiredService<ControlPlane>(), settings.Node.Name);
        try
        {
            await host.StartAsync(stop);
            var gateway = host.Services.GetRequiredService<GatewayService>();
            LogServing(log, string.Join(", ", gateway.Addresses), directory.Kubeconfig);
            Systemd.TellReady();
            await UntilStoppingAsync(host, stop);
            Systemd.TellStopping();
            LogStopping(log);
            await gateway.LeaveAsync(serveOn: stop.IsCancellationRequested);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The member had to end while it started: why is told below.
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }

        // What ended the node's work unforeseen, if that is why the host stops.
        await (host.Services.GetRequiredService<NodeService>().ExecuteTask ?? Task.CompletedTask);
        if (!stop.IsCancellationRequested && !host.Services.GetRequiredService<NodeDoor>().Leaves)
        {
            throw WhyEnded(host, finder);
        }
    }

    /// <summary>A member that is alone dies with all who would run its pods elsewhere.</summary>
    private static MachineSettings MachineOf(ServerSettings settings) => settings.Cluster.IsShared
        ? settings.Node
        : settings.Node with { FenceAfter = null };

    private static Exception WhyEnded(IHost host, MemberFinder? finder) =>
        host.Services.GetRequiredService<ControlPlane>().Journal.Writer.Behind as Exception
        ?? new ServerStartException(finder?.EndedBecause
            ?? "the other members have removed this one from the cluster, because they did not hear from it; start it "
            + "again to join them");

    /// <summary>Before anything is opened.</summary>
    private static void RefuseMachine(ServerSettings settings)
    {
        NodeService.RefuseOverlap(settings.Node);
        if (JoinedDirectory.IsNodeOnly(settings.DataDirectory))
        {
            throw new ServerStartException($"the machine of {settings.DataDirectory} has joined to run pods only: "
                + "'orchestrator node run' starts it");
        }
    }

    private static MemberFinder FinderOf(
        ServerSettings settings, IMemberTable members, TimeProvider time, ILoggerFactory loggers) => new(
        members,
        new MemberRow("", settings.Node.Name, Membership.Roles, VersionCommand.Version),
        finds: settings.Cluster.Seeds.Count == 0, time, loggers.CreateLogger("ActorOrchestrator.Actors.Hosting"));

    /// <summary>A member that was off while the authority was exchanged has the former one, which the others believe
    /// no more. One that was taken out of the cluster does not start.</summary>
    private static async Task<Gateway.Security.Pki> OpenPkiAsync(
        ServerSettings settings, DataDirectory directory, SealedJournalStore journal, TimeProvider time,
        ILoggerFactory loggers)
    {
        await JournalHost.RefuseRemovedAsync(journal, settings.Node.Name);
        try
        {
            if (await JournalHost.FindAuthorityAsync(journal) is { } known)
            {
                Gateway.Security.Pki.Keep(directory.Pki, known);
            }

            return Gateway.Security.Pki.Open(directory.Pki, settings.Api.ServerNames, time, loggers);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ServerStartException(
                $"the cluster's certificates cannot be used: {FailureWords.Of(failure)}", failure);
        }
    }

    /// <summary>With them the actor system, which opens the members' port.</summary>
    private static void MakeServices(IHost host, ClusterSettings cluster)
    {
        try
        {
            _ = host.Services.GetServices<IHostedService>();
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ServerStartException($"this machine cannot be a node: {FailureWords.Of(failure)}", failure);
        }
        catch (Exception failure) when (failure.GetBaseException()
            is ConfigurationException or FormatException or ArgumentException or TypeLoadException)
        {
            Log.Logger = Serilog.Core.Logger.None;
            throw new ServerStartException(
                $"Akka cannot be started with the settings below akka: {failure.GetBaseException().Message}", failure);
        }
        catch (AggregateException failure) when (failure.GetBaseException() is RemoteTransportException refused)
        {
            // Akka says it too, with all that led to it.
            Log.Logger = Serilog.Core.Logger.None;
            throw new ServerStartException(
                $"other members cannot be heard on {cluster.Address}:{cluster.Port}: "
                + $"{refused.GetBaseException().Message} (cluster.address and cluster.port name another one)", refused);
        }
    }

    /// <summary>Until somebody says so, or the host does: a member that the others gave up ends its actor system, and
    /// the server goes with it.</summary>
    private static async Task UntilStoppingAsync(IHost host, CancellationToken stop)
    {
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, stopping);
        await Task.Delay(Timeout.InfiniteTimeSpan, either.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>What the actor system is made with besides its settings. Members show each other certificates of the
    /// cluster's own authority; any other caller is refused.</summary>
    public static IReadOnlyList<Setup> SetupsOf(
        ServerSettings settings, DataDirectory directory, Gateway.Security.Pki pki) =>
    [
        .. JournalHost.Connections(settings, directory),
        new DotNettySslSetup(
            pki.MemberAtStart, suppressValidation: false, requireMutualAuthentication: true,
            (certificate, _, _, _, _) => pki.IsMember(certificate)),
    ];

    public static ControlPlaneOptions PlaneOptions(
        ServerSettings settings, IJournalStore journal, WriterThread writer, TimeProvider time, ILoggerFactory loggers,
        string authorityPem) => new()
    {
        Store = journal,
        Time = time,
        WriterThread = writer.Schedule,
        Loggers = loggers,
        Ids = new RandomIds(),
        Projections = ClusterParts.Projections(
            authorityPem, schedulerSeed: Environment.ProcessId, settings.NodeLoss.Damping,
            settings.Node.Network.Subnets),
        InitialObjects = ClusterParts.InitialObjects(),
        Behaviors = ClusterParts.Behaviors(NodeSettings.Default with
        {
            SilenceMax = settings.Node.SilenceMax, RestartPatience = settings.NodeLoss.RestartPatience,
        }),
        Tolerations = settings.NodeLoss.Tolerations,
        PassivateAfter = settings.Entities.PassivateAfter,
        CommandTimeout = settings.Entities.CommandTimeout,
        WatchWindow = settings.Journal.WatchWindow,
        EventLifetime = settings.EventLifetime,
    };

    public static ApiPorts ApiPortsOf(
        ControlPlane plane, INodeLogs logs, TimeProvider time, ILoggerFactory loggers) =>
        new(plane, logs, time, loggers)
        {
            Ids = new RandomIds(), WatchEnds = new Random(), PodsOn = plane.Assignments.PodsOn,
            Machines = () => plane.Machines,
        };

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

    public static Serilog.Core.Logger Logger(string level, bool isAlone)
    {
        var strangers = new StrangerLines(TimeProvider.System);
        return new LoggerConfiguration()
            .MinimumLevel.Is(Enum.Parse<LogEventLevel>(level))

            // Why a host does not start is said by whoever started it, in one line.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Fatal)
            .Filter.ByExcluding(line => AkkaLines.IsLeftOut(line, isAlone) || strangers.IsLeftOut(line))
            .WriteTo.Logger(bare => bare.Filter.ByExcluding(AkkaLines.HasStack).WriteTo.Console(
                outputTemplate: Line, standardErrorFromLevel: LogEventLevel.Verbose))
            .WriteTo.Logger(all => all.Filter.ByIncludingOnly(AkkaLines.HasStack).WriteTo.Console(
                outputTemplate: Line + "{Exception}", standardErrorFromLevel: LogEventLevel.Verbose))
            .CreateLogger();
    }

    [LoggerMessage(6001, LogLevel.Information, "orchestrator {Version} starts on {Directory}")]
    private static partial void LogStarting(Microsoft.Extensions.Logging.ILogger log, string version, string directory);

    [LoggerMessage(6002, LogLevel.Information,
        "Serving the Kubernetes API on {Addresses}; kubectl --kubeconfig {Kubeconfig}")]
    private static partial void LogServing(Microsoft.Extensions.Logging.ILogger log, string addresses,
        string kubeconfig);

    [LoggerMessage(6004, LogLevel.Warning, "Waiting for the journal: {Problem}")]
    private static partial void LogWaiting(Microsoft.Extensions.Logging.ILogger log, string problem);

    [LoggerMessage(6003, LogLevel.Information, "Stopping; containers run on")]
    private static partial void LogStopping(Microsoft.Extensions.Logging.ILogger log);
}
