using ActorOrchestrator.Actors;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Logs;
using ActorOrchestrator.Api;
using ActorOrchestrator.Runtime;
using ActorOrchestrator.Simulator.Time;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Simulator.Members;

/// <summary>One life of a control plane's process: the real actors and the real gateway on a simulated log. A new life
/// begins with what the log holds.</summary>
internal sealed class ControlMember : IDisposable
{
    /// <summary>The bearer token of the simulation's users.</summary>
    public const string Token = "simulated";

    private static readonly TokenFile Tokens =
        TokenFile.Parse("tokens", $"{Token},user,1,\"system:masters\"");

    private readonly ControlPlane _plane;

    public ControlMember(SimulatedProcess process, IEventLog log, ControlSettings settings)
    {
        Process = process;
        Time = new SteadyClock(process.Clock, settings.Loggers.CreateLogger("clock"));
        var ids = new SeededIds(settings.Ids);
        _plane = new ControlPlane(new ControlPlaneOptions
        {
            Log = log,
            Time = Time,
            Executor = process,
            FollowerExecutor = process,
            Loggers = settings.Loggers,
            Ids = ids,
            MemberId = process.Name,
            Followers = ClusterParts.Followers("", settings.SchedulerSeed),
            InitialObjects = ClusterParts.InitialObjects(),
            Behaviors = ClusterParts.Behaviors(settings.SilenceMax),
            ShardCount = settings.Shards,
            WatchWindowEvents = settings.WatchWindowEvents,
        });
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

    /// <summary>Null until it has read the log.</summary>
    public ControlPlane? Plane { get; private set; }

    /// <param name="refused">The log cannot be read: the process ends, as the real one does.</param>
    public void Start(Action<LogException> refused) => Process.Start(async () =>
    {
        try
        {
            await _plane.StartAsync(CancellationToken.None);
            Plane = _plane;
        }
        catch (LogException refusal)
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
    public int Shards { get; init; } = 4;

    public required long WatchWindowEvents { get; init; }

    public required TimeSpan SilenceMax { get; init; }

    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(20);
}
