using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Telemetry;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Projections;

/// <summary>
/// Runs a projection: queues the view's changes and hands them over in batches. Changes do not go through the mailbox,
/// which holds one <see cref="Drain"/> at most. When more than <see cref="BacklogMax"/> wait, the actor fails, and its
/// successor starts anew from the view, as after a move.
/// </summary>
internal sealed partial class ProjectionActor : UntypedActor, IViewListener
{
    /// <summary>Some seconds of the busiest cluster.</summary>
    private const int BacklogMax = 1_000_000;

    private readonly IProjection _projection;
    private readonly ProjectionServices _services;
    private readonly RunContext _context;
    private readonly IActorRef _self;
    private readonly Lock _lock = new();
    private readonly List<ProjectionQuestion> _early = [];
    private List<object> _incoming = [];
    private List<object> _draining = [];
    private bool _isDrainQueued;
    private bool _isOverrun;
    private bool _isCaughtUp;
    private ICancelable? _alarm;
    private int _heldBack;

    public ProjectionActor(Func<IProjection> make, ProjectionServices services)
    {
        (_projection, _services, _self) = (make(), services, Self);
        _context = new RunContext(services);
    }

    protected override void PreStart() => _services.View.Listen(this);

    protected override void PostStop()
    {
        _services.View.Unlisten(this);
        _alarm?.Cancel();
        CountHeldBack(0);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Drain:
                TakeInAll();
                break;
            case ProjectionQuestion question when _isCaughtUp:
                Answer(question);
                break;
            case ProjectionQuestion question:
                // Entities ask while they recover; the answer needs every object.
                _early.Add(question);
                break;
        }
    }

    void IViewListener.OnChange(ObjectChange change) => Enqueue(change);

    void IViewListener.OnCaughtUp() => Enqueue(CaughtUp.Instance);

    private void Enqueue(object item)
    {
        lock (_lock)
        {
            _isOverrun |= _incoming.Count >= BacklogMax;
            if (!_isOverrun)
            {
                _incoming.Add(item);
            }

            if (_isDrainQueued)
            {
                return;
            }

            _isDrainQueued = true;
        }

        _self.Tell(Drain.Instance, ActorRefs.NoSender);
    }

    private void TakeInAll()
    {
        lock (_lock)
        {
            _isDrainQueued = false;
            (_incoming, _draining) = (_draining, _incoming);
            if (_isOverrun)
            {
                throw new ProjectionOverrunException(_projection.Name, BacklogMax);
            }
        }

        if (_context.WakeDue <= _context.Now)
        {
            _context.WakeDue = DateTimeOffset.MaxValue;
        }

        foreach (var item in _draining)
        {
            Guard(() => TakeIn(item));
        }

        _draining.Clear();
        Guard(() => _projection.OnBatchEnd(_context));
        CountHeldBack((_projection as IHoldingProjection)?.HeldBack ?? 0);
        ArmAlarm();
    }

    private void CountHeldBack(int now)
    {
        if (now != _heldBack)
        {
            ClusterInstruments.Shared.EvictionsHeldBack(now - _heldBack);
            _heldBack = now;
        }
    }

    private void TakeIn(object item)
    {
        if (item is ObjectChange change)
        {
            _projection.OnChange(change, _context);
            return;
        }

        _isCaughtUp = true;
        _projection.Started(_context);
        _early.ForEach(question => Guard(() => Answer(question)));
        _early.Clear();
    }

    private void Answer(ProjectionQuestion question) =>
        ((IAnsweringProjection)_projection).Answer(question.Asker, question.Asked, _context);

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception bug)
        {
            // The other changes still count; a projection is level-triggered, so a later one mends what this one
            // missed.
            LogFaulted(_services.Logger, bug, _projection.Name);
        }
    }

    private void ArmAlarm()
    {
        _alarm?.Cancel();
        _alarm = null;
        if (_context.WakeDue < DateTimeOffset.MaxValue)
        {
            var wait = _context.WakeDue - _context.Now;
            _alarm = Context.System.Scheduler.ScheduleTellOnceCancelable(
                wait < TimeSpan.Zero ? TimeSpan.Zero : wait, Self, Drain.Instance, ActorRefs.NoSender);
        }
    }

    [LoggerMessage(3001, LogLevel.Error, "Bug: the projection {Projection} threw")]
    private static partial void LogFaulted(ILogger logger, Exception bug, string projection);

    private sealed class Drain : INoSerializationVerificationNeeded
    {
        public static readonly Drain Instance = new();
    }

    private sealed class CaughtUp
    {
        public static readonly CaughtUp Instance = new();
    }

    private sealed class RunContext(ProjectionServices services) : ProjectionContext
    {
        public DateTimeOffset WakeDue { get; set; } = DateTimeOffset.MaxValue;

        public override DateTimeOffset Now => services.Time.GetUtcNow();

        public override void Tell(EntityKey to, Message message) =>
            services.Region.Tell(new EntityEnvelope(to, message));

        public override void RecordEvent(
            KubeObject regarding, string type, string reason, string message, string component) =>
            services.RecordEvent(new Effect.RecordEvent(regarding, type, reason, message, component));

        public override void WakeAt(DateTimeOffset due) => WakeDue = due < WakeDue ? due : WakeDue;
    }
}

/// <summary>More changes came than the projection could take in; it starts anew.</summary>
internal sealed class ProjectionOverrunException(string projection, int backlog)
    : Exception($"the projection {projection} is more than {backlog} changes behind and starts anew");
