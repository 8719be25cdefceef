using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Followers;
using ActorOrchestrator.Actors.Nodes;
using ActorOrchestrator.Actors.Notes;
using ActorOrchestrator.Actors.Priorities;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Adoption;
using ActorOrchestrator.Runtime;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors;

/// <summary>What a control plane is made of.</summary>
public sealed record ControlPlaneOptions
{
    public required IEventLog Log { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Runs the shards.</summary>
    public required IExecutor Executor { get; init; }

    /// <summary>Runs the followers, whose batches are longer than a shard's.</summary>
    public required IExecutor FollowerExecutor { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    public required IIdSource Ids { get; init; }

    public required string MemberId { get; init; }

    /// <summary>The processes that span entities (scheduler, garbage collection …).</summary>
    public IReadOnlyList<IProjection> Followers { get; init; } = [];

    /// <summary>Objects that are created on start where they are missing (namespaces …).</summary>
    public IReadOnlyList<KubeObject> InitialObjects { get; init; } = [];

    public Behaviors Behaviors { get; init; } = Behaviors.Standard(NodeSettings.Default);

    public int ShardCount { get; init; } = 32;

    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(2);

    public long WatchWindowEvents { get; init; } = 100_000;

    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan EventLifetime { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>The actors of one member, running: engine, view, followers and the notes they take.</summary>
public sealed class ControlPlane : ICluster, IEffectSink, IFollowerOutput, IAsyncDisposable
{
    private readonly ControlPlaneOptions _options;
    private readonly ShardRegion _region;
    private readonly ClusterView _view = new();
    private readonly PriorityBook _priorities = new();
    private readonly EventRecorder _recorder;
    private readonly List<FollowerHost> _followers = [];
    private readonly AdoptionMatcher _orphans = new();
    private readonly FollowerHost _orphansHost;

    public ControlPlane(ControlPlaneOptions options)
    {
        _options = options;
        _recorder = new EventRecorder(options.Time, options.Ids, Tell);
        _orphansHost = HostOf(_orphans);
        _region = new ShardRegion(new EngineOptions
        {
            Host = new DomainHost(options.Behaviors, options.Ids, _priorities, this),
            Log = options.Log,
            Time = options.Time,
            Executor = options.Executor,
            Logger = options.Loggers.CreateLogger("ActorOrchestrator.Runtime"),
            MemberId = options.MemberId,
            ShardCount = options.ShardCount,
            PassivateAfter = options.PassivateAfter,
            WatchWindowEvents = options.WatchWindowEvents,
        });
    }

    public IClusterView View => _view;

    public EventRecorder Events => _recorder;

    public NodeAssignments Assignments { get; } = new();

    /// <summary>Whether every shard serves: false while the log cannot be written.</summary>
    public bool IsServing => _region.IsServing;

    public int EntityCount => _region.EntityCount;

    /// <summary>Folds the log, starts the shards and the followers, and creates what must exist from the
    /// start.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        // Before the shards serve: the first pods that they decide on must find their classes.
        _view.Listen(_priorities);
        await _region.StartAsync(_view, cancellation);
        _view.Listen(Assignments);
        _followers.AddRange(_options.Followers.Prepend(new EventExpiry(_options.EventLifetime)).Select(HostOf));
        foreach (var host in _followers.Prepend(_orphansHost))
        {
            _view.Listen(host);
        }

        foreach (var initial in _options.InitialObjects)
        {
            Tell(EntityKey.Of(initial), new Create(initial));
        }
    }

    public async ValueTask<Reply> SendAsync(EntityKey to, Command command, CancellationToken cancellation)
    {
        if (command is Create && RefuseByNamespace(to) is { } refusal)
        {
            return new Reply.Rejected(refusal);
        }

        using var pending = new PendingReply(to, _options.CommandTimeout, _options.Time, cancellation);
        _region.Ask(to.ToString(), command, pending);
        return await pending.Task;
    }

    public void Tell(EntityKey to, Message message) => _region.Tell(to.ToString(), message);

    public async ValueTask DisposeAsync()
    {
        foreach (var follower in _followers.Prepend(_orphansHost))
        {
            follower.Dispose();
        }

        await _region.DisposeAsync();
    }

    void IEffectSink.Record(Effect.RecordEvent note) => Record(note);

    void IFollowerOutput.Record(Effect.RecordEvent note) => Record(note);

    void IEffectSink.FindAdoptable(EntityKey asker, Effect.FindAdoptable query) =>
        _orphansHost.Ask(context => context.Tell(
            asker, new AdoptableFound(_orphans.Find(query.Resource, asker.Namespace, query.Selector))));

    private FollowerHost HostOf(IProjection follower) => new(
        follower, _options.FollowerExecutor, _options.Time, this,
        _options.Loggers.CreateLogger("ActorOrchestrator.Actors.Followers"));

    private void Record(Effect.RecordEvent note) =>
        _recorder.Record(note.Regarding, note.Type, note.Reason, note.Message, note.Component);

    /// <summary>The NamespaceLifecycle rule of Kubernetes: nothing is created in a namespace that is missing or
    /// going.</summary>
    private Status? RefuseByNamespace(EntityKey key)
    {
        if (key.Namespace.Length == 0)
        {
            return null;
        }

        return _view.Get(KindRegistry.Of<Namespace>(), null, key.Namespace) switch
        {
            null => Statuses.NotFound("namespaces", key.Namespace),
            { Metadata.DeletionTimestamp: not null } => Statuses.Forbidden(key.Resource, key.Name,
                $"unable to create new content in namespace {key.Namespace} because it is being terminated"),
            _ => null,
        };
    }
}
