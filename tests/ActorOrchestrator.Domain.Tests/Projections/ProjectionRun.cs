using ActorOrchestrator.Api;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.Tests.Projections;

/// <summary>Runs a projection over a little log: objects are put and removed, the projection sees the changes, and what
/// it says is recorded. The clock is the test's.</summary>
internal sealed class ProjectionRun(IProjection projection)
{
    private readonly Dictionary<EntityKey, KubeObject> _objects = [];
    private readonly RecordingContext _context = new();
    private long _sequence;

    public DateTimeOffset Now
    {
        get => _context.Clock;
        set => _context.Clock = value;
    }

    /// <summary>What was told since the last call of <see cref="TakeTold"/>.</summary>
    public IReadOnlyList<(EntityKey To, Message Message)> Told => _context.Told;

    public IReadOnlyList<(string Reason, string Message)> RecordedEvents => _context.RecordedEvents;

    public DateTimeOffset? WakesAt => _context.WakesAt;

    public KubeObject? Get(EntityKey key) => _objects.GetValueOrDefault(key);

    public IEnumerable<KubeObject> Objects => _objects.Values;

    public ProjectionRun Start()
    {
        projection.Started(_context);
        projection.OnBatchEnd(_context);
        return this;
    }

    public ProjectionRun Put(params KubeObject[] objects)
    {
        foreach (var value in objects)
        {
            var key = EntityKey.Of(value);
            var old = _objects.GetValueOrDefault(key);
            _objects[key] = value;
            projection.OnChange(new ObjectChange(key, old, value, ++_sequence), _context);
        }

        return this;
    }

    public ProjectionRun Remove(KubeObject value)
    {
        var key = EntityKey.Of(value);
        if (_objects.Remove(key, out var old))
        {
            projection.OnChange(new ObjectChange(key, old, null, ++_sequence), _context);
        }

        return this;
    }

    public ProjectionRun EndBatch()
    {
        _context.WakesAt = null;
        projection.OnBatchEnd(_context);
        return this;
    }

    /// <summary>Moves the clock to when the projection wants to be woken, and wakes it.</summary>
    public ProjectionRun SleepUntilWoken()
    {
        Assert.NotNull(_context.WakesAt);
        Now = _context.WakesAt.Value;
        return EndBatch();
    }

    public IReadOnlyList<(EntityKey To, Message Message)> TakeTold()
    {
        var told = _context.Told.ToList();
        _context.Told.Clear();
        return told;
    }

    private sealed class RecordingContext : ProjectionContext
    {
        public DateTimeOffset Clock { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public List<(EntityKey To, Message Message)> Told { get; } = [];

        public List<(string Reason, string Message)> RecordedEvents { get; } = [];

        public DateTimeOffset? WakesAt { get; set; }

        public override DateTimeOffset Now => Clock;

        public override void Tell(EntityKey to, Message message) => Told.Add((to, message));

        public override void RecordEvent(
            KubeObject regarding, string type, string reason, string message, string component) =>
            RecordedEvents.Add((reason, message));

        public override void WakeAt(DateTimeOffset due) => WakesAt = WakesAt < due ? WakesAt : due;
    }
}
