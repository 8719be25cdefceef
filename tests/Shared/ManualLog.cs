using ActorOrchestrator.Runtime;

namespace ActorOrchestrator.Tests;

/// <summary>A log in memory whose commits happen when the test says so, or fail.</summary>
internal sealed class ManualLog : IEventLog
{
    private readonly List<StoredEvent> _events = [];
    private readonly Dictionary<string, StoredSnapshot> _snapshots = [];
    private readonly Dictionary<int, long> _epochs = [];
    private readonly Queue<AppendRequest> _pending = new();
    private readonly HashSet<(int, long)> _poisoned = [];
    private readonly List<ILogListener> _listeners = [];
    private long _compactedThrough;
    private long _last;

    /// <summary>When set, every append waits for <see cref="CommitNext"/> or <see cref="FailNext"/>.</summary>
    public bool IsManual { get; set; }

    public int Pending => _pending.Count;

    public IReadOnlyList<StoredEvent> Events => _events;

    public IReadOnlyDictionary<string, StoredSnapshot> Snapshots => _snapshots;

    public Task<long> AcquireShardAsync(int shard, string owner, CancellationToken cancellation)
    {
        _epochs[shard] = _epochs.GetValueOrDefault(shard) + 1;
        return Task.FromResult(_epochs[shard]);
    }

    /// <summary>Another member takes a shard.</summary>
    public void Steal(int shard) => _epochs[shard] = _epochs.GetValueOrDefault(shard) + 1;

    public void Append(AppendRequest request)
    {
        _pending.Enqueue(request);
        while (!IsManual && _pending.Count > 0)
        {
            CommitNext();
        }
    }

    public void CommitNext()
    {
        var request = _pending.Dequeue();
        var newest = _epochs.GetValueOrDefault(request.Shard);
        if (newest != request.Epoch)
        {
            request.Failed(new FencedException(request.Shard, request.Epoch, newest));
            return;
        }

        if (_poisoned.Contains((request.Shard, request.Epoch)))
        {
            request.Failed(new LogException("an earlier append failed"));
            return;
        }

        foreach (var entry in request.Entries)
        {
            entry.Sequence = ++_last;
            _events.Add(new StoredEvent(
                entry.Sequence, entry.PersistenceId, entry.Manifest, entry.IsVersioned, entry.Payload));
        }

        _listeners.ForEach(listener => listener.OnCommitted(request.Entries));
        request.Committed();
    }

    public void FailNext()
    {
        var request = _pending.Dequeue();
        _poisoned.Add((request.Shard, request.Epoch));
        request.Failed(new LogException("no space left"));
    }

    public void Subscribe(ILogListener listener) => _listeners.Add(listener);

    public Task<LogBounds> BoundsAsync(CancellationToken cancellation) =>
        Task.FromResult(new LogBounds(_compactedThrough, _last));

    public IAsyncEnumerable<StoredSnapshot> ReadSnapshotsAsync(CancellationToken cancellation) =>
        _snapshots.Values.ToList().ToAsyncEnumerable();

    public IAsyncEnumerable<StoredEvent> ReadEventsAsync(long afterSequence, CancellationToken cancellation) =>
        _events.Where(stored => stored.Sequence > afterSequence).ToList().ToAsyncEnumerable();

    public Task<EntityHistory> ReadEntityAsync(string persistenceId, CancellationToken cancellation) =>
        Task.FromResult(new EntityHistory(
            _snapshots.GetValueOrDefault(persistenceId),
            [.. _events.Where(stored => stored.PersistenceId == persistenceId)]));

    public Task CompactAsync(
        long throughSequence, IReadOnlyList<StoredSnapshot> snapshots, CancellationToken cancellation)
    {
        foreach (var snapshot in snapshots)
        {
            if (snapshot.Payload is null)
            {
                _snapshots.Remove(snapshot.PersistenceId);
            }
            else
            {
                _snapshots[snapshot.PersistenceId] = snapshot;
            }
        }

        _events.RemoveAll(stored => stored.Sequence <= throughSequence);
        _compactedThrough = throughSequence;
        return Task.CompletedTask;
    }
}
