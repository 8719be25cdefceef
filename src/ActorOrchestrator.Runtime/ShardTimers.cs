namespace ActorOrchestrator.Runtime;

/// <summary>The named timers of a shard's entities, by due time; one timer of the platform serves them all.</summary>
internal sealed class ShardTimers : IDisposable
{
    /// <summary>The platform's timers reach 49 days; a later one rings early, finds nothing due and is armed
    /// again.</summary>
    private static readonly TimeSpan AlarmMax = TimeSpan.FromDays(30);

    private readonly TimeProvider _time;
    private readonly ITimer _alarm;
    private readonly PriorityQueue<Entry, (DateTimeOffset Due, long Order)> _queue = new();
    private readonly Dictionary<(string PersistenceId, string Name), Entry> _armed = [];
    private DateTimeOffset _alarmAt = DateTimeOffset.MaxValue;
    private long _order;
    private volatile bool _rang;

    /// <param name="time">The clock.</param>
    /// <param name="onAlarm">Called from any thread when a timer is due.</param>
    public ShardTimers(TimeProvider time, Action onAlarm)
    {
        _time = time;
        _alarm = time.CreateTimer(
            _ =>
            {
                _rang = true;
                onAlarm();
            },
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Set(string persistenceId, string name, DateTimeOffset due, object message)
    {
        var entry = new Entry(persistenceId, name, message);
        _armed[(persistenceId, name)] = entry;
        _queue.Enqueue(entry, (due, _order++));
        if (due < _alarmAt)
        {
            Arm(due);
        }
    }

    public void Cancel(string persistenceId, string name) => _armed.Remove((persistenceId, name));

    /// <summary>Takes the timers that are due, earliest first, and arms the alarm for the next.</summary>
    public void TakeDue(List<Envelope> into)
    {
        var now = _time.GetUtcNow();
        if (_alarmAt > now && !_rang)
        {
            return;
        }

        // An alarm may ring a fraction early: then nothing is due yet, and it is armed again below.
        _rang = false;

        while (_queue.TryPeek(out var entry, out var priority))
        {
            var isStale = !_armed.TryGetValue((entry.PersistenceId, entry.Name), out var current)
                || !ReferenceEquals(current, entry);
            if (!isStale && priority.Due > now)
            {
                Arm(priority.Due);
                return;
            }

            _queue.Dequeue();
            if (!isStale)
            {
                _armed.Remove((entry.PersistenceId, entry.Name));
                into.Add(new Envelope(entry.PersistenceId, entry.Message, null));
            }
        }

        _alarmAt = DateTimeOffset.MaxValue;
    }

    public void Clear()
    {
        _queue.Clear();
        _armed.Clear();
        _alarmAt = DateTimeOffset.MaxValue;
        _alarm.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _alarm.Dispose();

    private void Arm(DateTimeOffset due)
    {
        _alarmAt = due;
        var wait = due - _time.GetUtcNow();
        var bounded = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > AlarmMax ? AlarmMax : wait;
        _alarm.Change(bounded, Timeout.InfiniteTimeSpan);
    }

    private sealed record Entry(string PersistenceId, string Name, object Message);
}
