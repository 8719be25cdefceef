using ActorOrchestrator.Runtime;

namespace ActorOrchestrator.Simulator.Log;

/// <summary>
/// What the simulated disk (or database) holds: it outlives every process. It checks what <see cref="IEventLog"/>
/// promises in the same step in which it stores, as the real logs do in one transaction.
/// </summary>
public sealed class LogStore
{
    private readonly List<StoredEvent> _events = [];
    private readonly SortedDictionary<string, StoredSnapshot> _snapshots = new(StringComparer.Ordinal);
    private readonly Dictionary<int, (long Epoch, string Owner)> _shards = [];
    private readonly HashSet<(int Shard, long Epoch)> _poisoned = [];

    public long CompactedThrough { get; private set; }

    public long Last { get; private set; }

    public int Compactions { get; private set; }

    /// <summary>Hears of every append that became durable, at that instant.</summary>
    public event Action<AppendRequest>? Stored;

    public LogBounds Bounds => new(CompactedThrough, Last);

    public IReadOnlyCollection<StoredSnapshot> Snapshots => _snapshots.Values;

    /// <summary>Events after a sequence, in order; a copy, so that the reader may take its time.</summary>
    public IReadOnlyList<StoredEvent> EventsAfter(long sequence)
    {
        var skipped = (int)Math.Clamp(sequence - CompactedThrough, 0, _events.Count);
        return _events.GetRange(skipped, _events.Count - skipped);
    }

    public long EpochOf(int shard) => _shards.GetValueOrDefault(shard).Epoch;

    public long Acquire(int shard, string owner)
    {
        var epoch = EpochOf(shard) + 1;
        _shards[shard] = (epoch, owner);
        return epoch;
    }

    /// <returns>Why it was refused; null when it is durable, and its entries carry their sequences.</returns>
    public LogException? Append(AppendRequest request)
    {
        var newest = EpochOf(request.Shard);
        if (request.Epoch != newest)
        {
            return new FencedException(request.Shard, request.Epoch, newest);
        }

        if (_poisoned.Contains((request.Shard, request.Epoch)))
        {
            return new LogException($"an earlier append of shard {request.Shard} failed");
        }

        foreach (var entry in request.Entries)
        {
            entry.Sequence = ++Last;
            _events.Add(new StoredEvent(
                entry.Sequence, entry.PersistenceId, entry.Manifest, entry.IsVersioned, entry.Payload));
        }

        Stored?.Invoke(request);
        return null;
    }

    /// <summary>An append failed: what its shard asked for behind it must not be stored either.</summary>
    public void Poison(AppendRequest request) => _poisoned.Add((request.Shard, request.Epoch));

    public EntityHistory History(string persistenceId) => new(
        _snapshots.GetValueOrDefault(persistenceId),
        _events.Where(stored => stored.PersistenceId == persistenceId).ToList());

    public void Compact(long through, IReadOnlyList<StoredSnapshot> snapshots)
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

        _events.RemoveRange(0, (int)(through - CompactedThrough));
        CompactedThrough = through;
        Compactions++;
    }
}
