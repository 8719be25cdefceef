using ActorOrchestrator.Actors;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Simulator.Actors;
using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Log;
using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Sharding;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.TestKit;

/// <summary>
/// The real engine and the real behaviours on virtual time, with <see cref="TestProbe"/>s in the place of those
/// entities that a test wants to speak for: a Deployment whose ReplicaSets are the test's, a ReplicaSet whose pods are.
/// No gateway, no agents and, unless given, no projections (scheduler, garbage collection …).
/// </summary>
public sealed class Stage : IDisposable
{
    private const string Host = "stage";

    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(10);

    /// <summary>Longer than the engine's own bound on a command.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromMinutes(1);

    private readonly ulong _seed;
    private readonly IReadOnlyList<IProjection> _projections;
    private readonly JournalTables _tables = new();
    private readonly ShardModel _shards;
    private readonly Truth _truth;
    private readonly Cast _cast = new();
    private readonly TraceLoggers _loggers = new(new Trace(null));
    private readonly VirtualTime _time;
    private SimulatedProcess _process = null!;
    private ControlPlane _plane = null!;
    private Exception? _broken;
    private int _lives;

    /// <param name="seed">What ids and delays are drawn from.</param>
    /// <param name="projections">Processes that span entities, if any are to run.</param>
    public Stage(ulong seed = 1, params IReadOnlyList<IProjection> projections)
    {
        (_seed, _projections) = (seed, projections);
        Loop = new SimulationLoop(Beginning);
        var network = new SimulatedNetwork(Loop, new Dice(seed, "network"), static () => NetworkWeather.Fair);
        _shards = new ShardModel(Loop, network, new Dice(seed, "shards"), static () => ShardWeather.Fair);
        _truth = new Truth(_tables);
        _time = new VirtualTime(Loop, () => _broken ?? VirtualTime.Defect(_loggers));
        Start();
    }

    public DateTimeOffset Now => Loop.Now;

    internal SimulationLoop Loop { get; }

    /// <summary>From now on a probe speaks for this entity.</summary>
    public TestProbe Probe(EntityKey key) => _cast.Give(new TestProbe(this, key.ToString()), key);

    /// <summary>From now on one probe speaks for every entity of a resource, such as <c>replicasets.apps</c>.</summary>
    public TestProbe ProbeAll(string resource) => _cast.Give(new TestProbe(this, resource), resource);

    /// <summary>The object as the durable log has it.</summary>
    public KubeObject? Find(EntityKey key) => _truth.Find(key);

    public void Tell(EntityKey to, Message message) => _process.Enter(() => _plane.Tell(to, message));

    /// <summary>Asks as the gateway does, and waits for the answer.</summary>
    public Reply Ask(EntityKey to, Command command)
    {
        Reply? reply = null;
        _process.Start(async () => reply = await _plane.SendAsync(to, command, CancellationToken.None));
        _time.RunUntil(Now + AnswerMax, () => reply is not null);
        return reply ?? throw new TestKitException($"{to} did not answer {Shown.Told(command)}");
    }

    /// <summary>Lets virtual time pass.</summary>
    public void Pass(TimeSpan span) => _time.Pass(span);

    /// <summary>The process dies, and another one starts from what the log holds; probes stay.</summary>
    public void Restart()
    {
        _process.Kill();
        Start();
    }

    public void Dispose() => _process.Kill();

    /// <returns>What still stands in the way after the time; null when all is well.</returns>
    internal string? Obstacle(Func<string?> obstacle, TimeSpan within) => _time.Obstacle(obstacle, within);

    private void Start()
    {
        var life = $"{Host}/{++_lives}";
        var process = new SimulatedProcess(Loop, Host, life, new Dice(_seed, $"scheduling/{life}"), TimeSpan.Zero)
        {
            OnUnhandled = cause => _broken ??= cause,
        };
        var store = new SimulatedJournalStore(
            _tables, process, new Dice(_seed, $"log/{life}"), static () => LogWeather.Fair);
        var isServing = false;
        _process = process;
        process.Enter(() => _plane = new ControlPlane(new ControlPlaneOptions
        {
            Store = store,
            Time = process.Clock,
            WriterThread = process.Schedule,
            Loggers = _loggers,
            Ids = new SeededIds(new Dice(_seed, $"ids/{life}")),
            Projections = [.. _projections.Select(one => (Func<IProjection>)(() => one))],
            InitialObjects = ClusterParts.InitialObjects(),
            Behaviors = _cast.Behaviors(Behaviors.Standard(NodeSettings.Default)),
        }));
        process.Start(async () =>
        {
            var system = SimulatedActorSystem.Create(process, _plane.Journal);
            await _plane.StartAsync(system, new SimulatedFabric(_shards, process, system), CancellationToken.None);
            isServing = true;
        });
        _time.RunUntil(Now + StartMax, () => isServing);
        _time.Pass(TimeSpan.FromSeconds(1));
    }
}
