using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Runtime;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Followers;

/// <summary>Runs a follower: queues the view's changes and hands them over in batches, one thread of control at a
/// time.</summary>
internal sealed partial class FollowerHost : SerialRunner, IViewListener, IDisposable
{
    private readonly IProjection _follower;
    private readonly Context _context;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly ITimer _alarm;
    private readonly List<Action<ProjectionContext>> _early = [];
    private List<object> _incoming = [];
    private List<object> _draining = [];
    private bool _isCaughtUp;

    public FollowerHost(
        IProjection follower, IExecutor executor, TimeProvider time, IFollowerOutput output, ILogger logger)
        : base(executor)
    {
        _follower = follower;
        _context = new Context(time, output);
        _logger = logger;
        _alarm = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void OnChange(ObjectChange change) => Enqueue(change);

    public void OnCaughtUp() => Enqueue(CaughtUp.Instance);

    /// <summary>Runs a question on the follower's thread of control, behind the changes before it. One that is asked
    /// before the follower knows every object waits until it does: entities ask while they recover.</summary>
    public void Ask(Action<ProjectionContext> question) => Enqueue(question);

    public void Dispose() => _alarm.Dispose();

    protected override void RunExclusively()
    {
        lock (_lock)
        {
            (_incoming, _draining) = (_draining, _incoming);
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
        Guard(() => _follower.OnBatchEnd(_context));
        ArmAlarm();
    }

    private void TakeIn(object item)
    {
        switch (item)
        {
            case ObjectChange change:
                _follower.OnChange(change, _context);
                break;
            case Action<ProjectionContext> question when _isCaughtUp:
                question(_context);
                break;
            case Action<ProjectionContext> question:
                _early.Add(question);
                break;
            default:
                _isCaughtUp = true;
                _follower.Started(_context);
                _early.ForEach(question => Guard(() => question(_context)));
                _early.Clear();
                break;
        }
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception bug)
        {
            // The other changes still count; a follower is level-triggered, so a later one mends what this one missed.
            LogFaulted(bug, _follower.Name);
        }
    }

    private void ArmAlarm()
    {
        if (_context.WakeDue < DateTimeOffset.MaxValue)
        {
            var wait = _context.WakeDue - _context.Now;
            _alarm.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void Enqueue(object item)
    {
        lock (_lock)
        {
            _incoming.Add(item);
        }

        Wake();
    }

    [LoggerMessage(3001, LogLevel.Error, "Bug: the follower {Follower} threw")]
    private partial void LogFaulted(Exception bug, string follower);

    private sealed class CaughtUp
    {
        public static readonly CaughtUp Instance = new();
    }

    private sealed class Context(TimeProvider time, IFollowerOutput output) : ProjectionContext
    {
        public DateTimeOffset WakeDue { get; set; } = DateTimeOffset.MaxValue;

        public override DateTimeOffset Now => time.GetUtcNow();

        public override void Tell(EntityKey to, Message message) => output.Tell(to, message);

        public override void RecordEvent(
            KubeObject regarding, string type, string reason, string message, string component) =>
            output.Record(new Effect.RecordEvent(regarding, type, reason, message, component));

        public override void WakeAt(DateTimeOffset due) => WakeDue = due < WakeDue ? due : WakeDue;
    }
}

/// <summary>Where a follower's messages and notes go.</summary>
internal interface IFollowerOutput
{
    void Tell(EntityKey to, Message message);

    void Record(Effect.RecordEvent note);
}
