using ActorOrchestrator.Actors;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.PodSubnets;
using ActorOrchestrator.Gateway;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Logs;
using ActorOrchestrator.Api;
using ActorOrchestrator.Simulator.Actors;
using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Sharding;
using ActorOrchestrator.Simulator.Time;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Simulator.Members;

/// <summary>One life of a control plane's process: the real actors and the real gateway on Akka, with a simulated
/// journal. A new life begins with what the journal holds.</summary>
internal sealed class ControlMember : IDisposable
{
    /// <summary>The bearer token of the simulation's users.</summary>
    public const string Token = "simulated";

    private static readonly TokenFile Tokens =
        TokenFile.Parse("tokens", $"{Token},user,1,\"system:masters\"");

    private readonly ControlPlane _plane;
    private readonly ActorSystem _system;

    public ControlMember(
        SimulatedProcess process, SimulatedJournalStore store, ShardModel shards, ControlSettings settings)
    {
        Process = process;
        Time = new SteadyClock(process.Clock, settings.Loggers.CreateLogger("clock"));
        var ids = new SeededIds(settings.Ids);
        _plane = new ControlPlane(new ControlPlaneOptions
        {
            Store = store,
            Time = Time,
            WriterThread = process.Schedule,
            Loggers = settings.Loggers,
            Ids = ids,
            Projections = ClusterParts.Projections(
                "", settings.SchedulerSeed, DampingSettings.Default, SubnetSettings.Default),
            InitialObjects = ClusterParts.InitialObjects(),
            Behaviors = ClusterParts.Behaviors(
                NodeSettings.Default with
                {
                    SilenceMax = settings.SilenceMax, RestartPatience = settings.RestartPatience,
                }),
            Tolerations = new DefaultTolerations(notReady: 300, unreachable: (long)settings.Tolerated.TotalSeconds),
            WatchWindow = new WatchWindow(settings.WatchWindowEvents, Bytes: long.MaxValue / 2),
            SnapshotEvery = settings.SnapshotEvery,
            PassivateAfter = settings.PassivateAfter,
        });
        _system = SimulatedActorSystem.Create(process, _plane.Journal);
        Fabric = new SimulatedFabric(shards, process, _system);
        Api = ApiPipeline.Create(
            new ApiOptions { BookmarkInterval = settings.BookmarkInterval },
            new ApiPorts(_plane, new NoLogs(), Time, settings.Loggers)
            {
                Ids = ids,
                WatchEnds = new Random(settings.SchedulerSeed),
                Tokens = Tokens,
            });
    }

    public SimulatedProcess Process { get; }

    /// <summary>The time that it goes by.</summary>
    public TimeProvider Time { get; }

    public ApiPipeline Api { get; }

    /// <summary>Its part in the cluster.</summary>
    public SimulatedFabric Fabric { get; }

    /// <summary>What folds the journal here.</summary>
    public JournalSetup Journal => _plane.Journal;

    /// <summary>Alarms that Akka's scheduler will ring.</summary>
    public int TimersArmed => ((VirtualScheduler)_system.Scheduler).TimersArmed;

    /// <summary>Null until it has read the journal.</summary>
    public ControlPlane? Plane { get; private set; }

    /// <param name="refused">The journal cannot be read: the process ends, as the real one does.</param>
    public void Start(Action<JournalException> refused) => Process.Start(async () =>
    {
        try
        {
            await _plane.StartAsync(_system, Fabric, CancellationToken.None);
            Plane = _plane;
        }
        catch (JournalException refusal)
        {
            refused(refusal);
        }
    });

    public void Dispose() => Api.Dispose();

    /// <summary>Container logs are bytes of the machine that nothing here depends on.</summary>
    private sealed class NoLogs : INodeLogs
    {
        public ValueTask<NodeLog> OpenAsync(Pod pod, LogQuery query, CancellationToken cancellation) =>
            ValueTask.FromResult<NodeLog>(new NodeLog.Refused(
                Statuses.NotFound("pods/log", pod.Metadata.Name ?? "")));
    }
}

/// <summary>The numbers and the seeds of one life.</summary>
internal sealed record ControlSettings(Dice Ids, int SchedulerSeed, ILoggerFactory Loggers)
{
    public required long WatchWindowEvents { get; init; }

    public required int SnapshotEvery { get; init; }

    /// <inheritdoc cref="SimulationOptions.PassivateAfter"/>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(2);

    public required TimeSpan SilenceMax { get; init; }

    public TimeSpan RestartPatience { get; init; } = NodeSettings.Default.RestartPatience;

    /// <summary>How long pods that say nothing tolerate an unreachable node.</summary>
    public TimeSpan Tolerated { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(20);
}
