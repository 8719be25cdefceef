using ActorOrchestrator.Actors.Hosting.Datagrams;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Telemetry;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;
using Akka.Hosting;
using Akka.Persistence;
using Akka.Persistence.Sql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>
/// Makes its process a member of the cluster while the host runs: Akka.Hosting makes and ends the actor system, and
/// this has it join, starts the control plane on it, and leaves. When the others give the member up its actor system
/// ends, and Akka.Hosting stops the host.
/// </summary>
public sealed partial class MemberService(
    AkkaConfigurationBuilder akka, IServiceProvider services, ILogger<AkkaHostedService> log,
    IHostApplicationLifetime lifetime, ControlPlane plane, ControlPlaneOptions options)
    : AkkaHostedService(akka, services, log, lifetime)
{
    /// <summary>Members that start together need a few seconds to become a cluster.</summary>
    private static readonly TimeSpan JoinWait = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan JournalWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopWait = TimeSpan.FromSeconds(20);

    private ShutdownGate? _gate;

    /// <returns>When the member answers. One that finds no cluster to join goes on looking for it: it serves what it
    /// reads in the journal, and says in <see cref="ControlPlane.Problem"/> what it waits for.</returns>
    /// <exception cref="JournalException">The journal cannot be read or made.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        var system = ActorSystem!;
        _gate = new(system);
        plane.Journal.Writer.OnBehind = () => _ = system.Terminate();
        var fabric = new ShardingFabric(system, plane.View, options.Finder);
        system.ActorOf(Props.Create(() => new MemberMetrics(fabric, plane.Journal)), MemberMetrics.Name);
        var lines = options.Loggers.CreateLogger("ActorOrchestrator.Actors.Hosting");
        system.ActorOf(Props.Create(() => new MemberLines(NodeOf, lines)), MemberLines.Name);
        if (options.HeartbeatKey is { } key)
        {
            system.ActorOf(HeartbeatDatagrams.Props(key, () => plane.Machines, lines), HeartbeatDatagrams.Name);
        }

        await JoinAsync(system, fabric, cancellationToken);
        await JournalReadyAsync(system, cancellationToken);
        await options.Store.PrepareAsync();
        await JoinedAsync(fabric, cancellationToken);
        await plane.StartAsync(system, fabric, cancellationToken);
    }

    /// <summary>Leaves the cluster: shards are handed over, then the actor system ends. A member that is alone has
    /// nobody to hand them to, and ends at once.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (ActorSystem is not { } system)
        {
            return;
        }

        _gate?.Open();
        var ending = plane.IsAlone ? system.Terminate() : base.StopAsync(cancellationToken);
        await ending.WaitAsync(StopWait, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (options.Finder?.StopAsync() ?? Task.CompletedTask);

        // A commit that is under way ends before whoever made the store closes it.
        await plane.StopAsync().WaitAsync(StopWait, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private string? NodeOf(string member) => plane.View.List(KindRegistry.Of<Node>(), null).Objects.Cast<Node>()
        .FirstOrDefault(node => MemberNote.Of(node) == member)?.Metadata.Name;

    /// <summary>A member that is told of no others, and has nowhere to look for them, is a cluster of its own, at once.
    /// </summary>
    private async Task JoinAsync(ActorSystem system, ShardingFabric fabric, CancellationToken cancellation)
    {
        var cluster = Cluster.Get(system);
        if (options.Finder is { } finder)
        {
            await finder.StartAsync(system, fabric.Joined, cancellation);
        }
        else if (cluster.Settings.SeedNodes.IsEmpty)
        {
            cluster.Join(cluster.SelfAddress);
        }
    }

    private async Task JoinedAsync(ShardingFabric fabric, CancellationToken cancellation)
    {
        var log = options.Loggers.CreateLogger("ActorOrchestrator.Actors.Hosting");
        await fabric.Joined.WaitAsync(JoinWait, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        if (fabric.Problem is { } problem)
        {
            LogWaiting(log, problem);
            _ = TellOfJoiningAsync(fabric, log);
        }
    }

    private static async Task TellOfJoiningAsync(ShardingFabric fabric, ILogger log)
    {
        await fabric.Joined;
        LogJoined(log);
    }

    [LoggerMessage(1040, LogLevel.Warning, "This member is {Problem}")]
    private static partial void LogWaiting(ILogger log, string problem);

    [LoggerMessage(1041, LogLevel.Information, "This member has joined the cluster")]
    private static partial void LogJoined(ILogger log);

    /// <summary>The plugin makes its tables when it starts; whatever is asked before waits until they are
    /// there.</summary>
    private static async Task JournalReadyAsync(ActorSystem system, CancellationToken cancellation)
    {
        try
        {
            var persistence = Persistence.Instance.Apply(system);
            await Task.WhenAll(
                persistence.CheckJournalHealthAsync("", cancellation),
                persistence.CheckSnapshotStoreHealthAsync("", cancellation)).WaitAsync(JournalWait, cancellation);
        }
        catch (TimeoutException)
        {
            throw new JournalException(
                $"the journal was not ready within {JournalWait.TotalSeconds:0} s: is its database reachable?");
        }
        catch (Exception wrong) when (wrong is ArgumentException or ConfigurationException)
        {
            throw new JournalException(
                $"Akka cannot reach the journal with the settings below akka: {wrong.Message}", wrong);
        }
    }
}

/// <summary>Registers what a host needs to be a member.</summary>
public static class MemberRegistration
{
    /// <summary>The name of the cluster's actor systems; members of another name do not find each other.</summary>
    private const string SystemName = "orchestrator";

    /// <summary>Adds <see cref="MemberService"/>, <see cref="ControlPlane"/> and the actor system. Services that are
    /// added after it are started after it, and stopped before it.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="options">What the control plane is made of.</param>
    /// <param name="akka">The settings below <c>akka</c>, in HOCON.</param>
    /// <param name="setups">What else the actor system is to be made with, such as the certificates of its
    /// remoting.</param>
    public static IServiceCollection AddMember(
        this IServiceCollection services, ControlPlaneOptions options, string akka, params IReadOnlyList<Setup> setups)
    {
        var plane = new ControlPlane(options);
        return services.AddSingleton<IHostLifetime, WhoeverMadeIt>()
            .AddSingleton(options.Loggers).AddSingleton(options).AddSingleton(plane)
            .AddAkka<MemberService>(SystemName, (builder, _) =>
            {
                // Those of the extensions too, whose serializers must be there before another member's first message.
                builder.AddHocon(ConfigurationFactory.ParseString(akka), HoconAddMode.Prepend);
                foreach (var defaults in new[]
                {
                    SqlPersistence.DefaultConfiguration, ClusterSharding.DefaultConfig(),
                    DistributedData.DefaultConfig(), ClusterSingleton.DefaultConfig(),
                })
                {
                    builder.AddHocon(defaults, HoconAddMode.Append);
                }

                foreach (var setup in setups.Prepend(plane.Journal))
                {
                    builder.AddSetup(setup);
                }
            });
    }

    /// <summary>Ends the host. It takes no signals of its own: they mean the process, which may have more to
    /// do.</summary>
    private sealed class WhoeverMadeIt : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
