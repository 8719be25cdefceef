using ActorOrchestrator.Actors.Admission;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Nodes;
using ActorOrchestrator.Actors.Notes;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using Akka.Actor;

namespace ActorOrchestrator.Actors;

/// <summary>
/// One member's share of the control plane: the journal's writer and tail, the view that they feed, and the ways to the
/// entities. It is made before its actor system, which gets <see cref="Journal"/> when it is made, and starts on it.
/// </summary>
public sealed class ControlPlane : ICluster
{
    /// <summary>A creation that is not answered was lost where its shard moved.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AskAgainPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CreateWait = TimeSpan.FromSeconds(30);

    private readonly ControlPlaneOptions _options;
    private readonly ClusterView _view = new();
    private readonly FactBook _facts;
    private readonly JournalTail _tail;
    private readonly JournalWriter _writer;
    private IClusterFabric? _fabric;
    private IEntityRegion? _region;
    private volatile bool _isServing;
    private CommandDesk? _desk;

    public ControlPlane(ControlPlaneOptions options)
    {
        _options = options;
        _facts = new FactBook(_view, options.Tolerations);
        _tail = new JournalTail(options.Store, _view);
        _writer = new JournalWriter(
            options.Store, _tail, options.WriterThread, options.Time,
            options.Loggers.CreateLogger("ActorOrchestrator.Actors.Journal"));
        Journal = new JournalSetup(options.Store, _tail, _writer, options.Time);
        var documents = new NewDocuments(_writer, options.Ids, options.Time);
        Events = new EventRecorder(
            options.Time, options.Ids,
            document => _region is null ? Task.FromResult(false) : documents.StoreAsync(document), Tell);
    }

    /// <summary>What the actor system's journal works with.</summary>
    public JournalSetup Journal { get; }

    public IClusterView View => _view;

    public EventRecorder Events { get; }

    public NodeAssignments Assignments { get; } = new();

    /// <summary>The connections of machines that only run pods; null before the start, and where nobody judges
    /// them.</summary>
    public MachineWatch? Machines { get; private set; }

    /// <summary>Why commands are not answered now; null when they are.</summary>
    public string? Problem =>
        !_isServing ? "the control plane is starting" : _fabric!.Problem ?? _writer.Health.Problem;

    public bool IsServing => Problem is null;

    /// <summary>This member, as nodes name it that it carries; null before the start.</summary>
    public string? Member => _fabric?.Self;

    /// <summary>Whether nobody else belongs to the cluster.</summary>
    public bool IsAlone => _fabric is null or { IsAlone: true };

    /// <summary>Folds the journal, starts regions and projections, and creates what must exist from the
    /// start.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task StartAsync(ActorSystem system, IClusterFabric fabric, CancellationToken cancellation)
    {
        // Before the entities serve: the first pods that they decide on must find what they are judged by.
        _view.Listen(_facts);
        await _tail.StartAsync(cancellation);
        _view.Listen(Assignments);
        _writer.Gate = new ReleaseGate(
            fabric.MemberBefore, _options.Loggers.CreateLogger("ActorOrchestrator.Actors.Journal")).Refuse;
        _desk = new CommandDesk(system, _tail, _writer.Health, _options.Time);
        if (!_tail.KnowsAll)
        {
            fabric.ShareRows(_tail, _writer);
        }

        var region = new LateRegion();
        var projections = fabric.StartSingleton(ProjectionsRoot.Singleton, ProjectionProps(region));
        region.Open(fabric.StartRegions(_options.Behaviors, EntityProps(fabric, region, projections)));
        (_fabric, _region) = (fabric, region);
        fabric.WatchMembers(system.ActorOf(
            Props.Create(() => new NodeWatch(_view, region, _options.Time, fabric.RouteLife)), "node-watch"));
        if (fabric.MachineDetector is { } detector)
        {
            var machines = new MachineWatch(detector, fabric.Self, _options.Time)
            {
                HeartbeatKey = _options.HeartbeatKey,
            };
            fabric.WatchMembers(system.ActorOf(
                Props.Create(() => new MachineJudge(machines, region, _options.Time)), "machine-judge"));
            Machines = machines;
        }

        await CreateInitialAsync(cancellation);
        _isServing = true;
    }

    /// <summary>Creates what must exist and does not: requests that come before would find no namespace.</summary>
    private async Task CreateInitialAsync(CancellationToken cancellation)
    {
        var creations = _options.InitialObjects.Where(initial => _view.IsGone(EntityKey.Of(initial).ToString()))
            .Select(initial => CreateAsync(initial, cancellation)).ToList();
        foreach (var creation in creations)
        {
            await creation;
        }
    }

    private async Task CreateAsync(KubeObject initial, CancellationToken cancellation)
    {
        var began = _options.Time.GetTimestamp();

        // Another member may have been faster, which is as good.
        while (await SendAsync(EntityKey.Of(initial), new Create(initial), AskAgainAfter, cancellation)
            is Reply.Rejected { Status: { Code: >= HttpCode.InternalServerError } refusal })
        {
            if (_options.Time.GetElapsedTime(began) > CreateWait)
            {
                throw new JournalException($"what must exist cannot be created: {refusal.Message}");
            }

            await Task.Delay(AskAgainPause, _options.Time, cancellation);
        }
    }

    public ValueTask<Reply> SendAsync(EntityKey to, Command command, CancellationToken cancellation) =>
        SendAsync(to, command, _options.CommandTimeout, cancellation);

    private async ValueTask<Reply> SendAsync(
        EntityKey to, Command command, TimeSpan waitMax, CancellationToken cancellation)
    {
        if (command is Create && RefuseByNamespace(to) is { } refusal)
        {
            return new Reply.Rejected(refusal);
        }

        using var pending = new PendingCommand(to, waitMax, _options.Time, cancellation);
        if (_region is not { } region || _desk is not { } desk || _fabric!.Problem is not null)
        {
            pending.Fail(CommandFailure.Unavailable, _fabric?.Problem);
            return await pending.Task;
        }

        if (desk.Open(pending) is not { } requestId)
        {
            pending.Fail(CommandFailure.Overloaded, null);
            return await pending.Task;
        }

        try
        {
            pending.Tell = () => region.Tell(new EntityEnvelope(to, command, requestId), desk);
            pending.Tell();
            return await pending.Task;
        }
        finally
        {
            desk.Close(requestId);
        }
    }

    public Task WaitForAsync(long sequence, CancellationToken cancellation) =>
        _tail.WaitForAsync(sequence, cancellation);

    /// <summary>Returns when the journal is at rest. To be called when the actor system has ended.</summary>
    public Task StopAsync() => _writer.StopAsync();

    public void Tell(EntityKey to, Message message) =>
        _region?.Tell(new EntityEnvelope(to, message));

    private Props ProjectionProps(IEntityRegion region)
    {
        var services = new ProjectionServices
        {
            View = _view,
            Region = region,
            Time = _options.Time,
            Logger = _options.Loggers.CreateLogger("ActorOrchestrator.Actors.Projections"),
            RecordEvent = Record,
            Store = _options.Store,
            Tail = _tail,
            WatchWindow = _options.WatchWindow,
        };
        var lifetime = _options.EventLifetime;
        IReadOnlyList<Func<IProjection>> makers = [() => new EventExpiry(lifetime), .. _options.Projections];
        return Props.Create(() => new ProjectionsRoot(makers, services));
    }

    private Func<EntityKey, Props> EntityProps(IClusterFabric fabric, IEntityRegion region, IActorRef projections)
    {
        var services = new EntityServices
        {
            Behaviors = _options.Behaviors,
            Ids = _options.Ids,
            Time = _options.Time,
            Logger = _options.Loggers.CreateLogger("ActorOrchestrator.Actors.Entities"),
            Tail = _tail,
            Region = region,
            Facts = () => _facts.Current,
            RecordEvent = Record,
            Ask = question => projections.Tell(question, ActorRefs.NoSender),
            Waker = projections,
            PassivateAfter = _options.PassivateAfter,
            SnapshotEvery = _options.SnapshotEvery,
        };
        return key => Props.CreateBy(new EntityProducer(key, services, fabric.JournalOf(key.Resource)));
    }

    private void Record(Effect.RecordEvent record) =>
        Events.Record(record.Regarding, record.Type, record.Reason, record.Message, record.Component);

    /// <summary>The NamespaceLifecycle rule of Kubernetes: nothing is created in a namespace that is missing or
    /// going.</summary>
    private Api.Status? RefuseByNamespace(EntityKey key)
    {
        if (key.Namespace.Length == 0)
        {
            return null;
        }

        return _view.Get(KindRegistry.Of<Namespace>(), null, key.Namespace) switch
        {
            null => Statuses.NotFound("namespaces", key.Namespace),
            { Metadata.DeletionTimestamp: not null } =>
                Statuses.NamespaceTerminating(key.Resource, key.Name, key.Namespace),
            _ => null,
        };
    }

    /// <summary>Entities and projections are told of each other before either is started. What they say until the
    /// regions are there is kept: the projections say it at their start, and not again for a long time.</summary>
    private sealed class LateRegion : IEntityRegion
    {
        private readonly Lock _lock = new();
        private readonly List<(EntityEnvelope Envelope, IActorRef? Sender)> _early = [];
        private volatile IEntityRegion? _region;

        public void Open(IEntityRegion region)
        {
            lock (_lock)
            {
                _early.ForEach(told => region.Tell(told.Envelope, told.Sender));
                _early.Clear();
                _region = region;
            }
        }

        public void Tell(EntityEnvelope envelope, IActorRef? sender = null)
        {
            if (_region is null)
            {
                lock (_lock)
                {
                    if (_region is null)
                    {
                        _early.Add((envelope, sender));
                        return;
                    }
                }
            }

            _region.Tell(envelope, sender);
        }
    }
}
