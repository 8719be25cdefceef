namespace ActorOrchestrator.Runtime;

/// <summary>
/// The durable, totally ordered sequence of events of all entities. Sequences start at 1, grow by one an event and are
/// never reused. An append is atomic: all of its events or none, and only if its shard's epoch is still the newest
/// (a member that lost a shard cannot write to it). Implemented by SQLite, by PostgreSQL (several members) and in
/// memory.
/// </summary>
public interface IEventLog
{
    /// <summary>Takes a shard over: no append under an older epoch succeeds from now on.</summary>
    /// <returns>The new epoch.</returns>
    Task<long> AcquireShardAsync(int shard, string owner, CancellationToken cancellation);

    /// <summary>
    /// Appends without blocking; the log groups what is asked for at the same time into one commit. When durable, the
    /// log first tells every <see cref="ILogListener"/> and then calls <see cref="AppendRequest.Committed"/>; appends
    /// of one shard commit in the order asked, and after a failed one all that were asked behind it fail too.
    /// </summary>
    void Append(AppendRequest request);

    /// <summary>Adds a listener; all of them see every commit from then on, in sequence order, from one thread at a
    /// time.</summary>
    void Subscribe(ILogListener listener);

    /// <summary>Where the snapshots stand and where the events end.</summary>
    Task<LogBounds> BoundsAsync(CancellationToken cancellation);

    /// <summary>Every entity's state as of <see cref="LogBounds.CompactedThrough"/>.</summary>
    IAsyncEnumerable<StoredSnapshot> ReadSnapshotsAsync(CancellationToken cancellation);

    /// <summary>All events after a sequence, in order.</summary>
    IAsyncEnumerable<StoredEvent> ReadEventsAsync(long afterSequence, CancellationToken cancellation);

    /// <summary>One entity's snapshot (if any) and its events since, in order.</summary>
    Task<EntityHistory> ReadEntityAsync(string persistenceId, CancellationToken cancellation);

    /// <summary>In one transaction: writes the snapshots of entities as of <paramref name="throughSequence"/> (a null
    /// payload removes a gone entity's) and drops the events up to it. From then on watches can start after it
    /// only.</summary>
    Task CompactAsync(
        long throughSequence, IReadOnlyList<StoredSnapshot> snapshots, CancellationToken cancellation);
}

/// <param name="CompactedThrough">Snapshots hold exactly the events up to here; later events are all there.</param>
/// <param name="Last">The last sequence given out; 0 for an empty log.</param>
public readonly record struct LogBounds(long CompactedThrough, long Last);

public sealed record StoredEvent(
    long Sequence, string PersistenceId, string Manifest, bool IsVersioned, ReadOnlyMemory<byte> Payload);

/// <param name="PersistenceId">The entity.</param>
/// <param name="Version">The sequence of its last versioned event.</param>
/// <param name="Payload">Its state, or null when the entity is gone.</param>
public sealed record StoredSnapshot(string PersistenceId, long Version, ReadOnlyMemory<byte>? Payload);

public sealed record EntityHistory(StoredSnapshot? Snapshot, IReadOnlyList<StoredEvent> Events);

/// <summary>Folds the log: hears of everything in it, in sequence order, before anything that depends on it leaves.
/// On start it gets the snapshots, then the events since; later every commit. Called by one thread at a time.</summary>
public interface ILogListener
{
    void OnSnapshot(string persistenceId, long version, IEntity entity);

    /// <summary>All snapshots were told; they stand for the log up to here.</summary>
    void OnSnapshotsEnd(long compactedThrough);

    void OnCommitted(IReadOnlyList<LogEntry> entries);
}

/// <summary>One event on its way into the log.</summary>
public sealed class LogEntry(
    string persistenceId, object @event, string manifest, bool isVersioned, ReadOnlyMemory<byte> payload)
{
    public string PersistenceId { get; } = persistenceId;

    public object Event { get; } = @event;

    public string Manifest { get; } = manifest;

    /// <summary>Whether the event changes what watchers see, and so the object's resourceVersion.</summary>
    public bool IsVersioned { get; } = isVersioned;

    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <summary>Set by the log on commit; 0 before.</summary>
    public long Sequence { get; set; }
}

/// <summary>One atomic append of a shard, and how to tell it the outcome.</summary>
public abstract class AppendRequest(int shard, long epoch, IReadOnlyList<LogEntry> entries)
{
    public int Shard { get; } = shard;

    public long Epoch { get; } = epoch;

    public IReadOnlyList<LogEntry> Entries { get; } = entries;

    /// <summary>Durable; the entries carry their sequences. Must not block.</summary>
    public abstract void Committed();

    /// <summary>Nothing of it was stored. Must not block.</summary>
    public abstract void Failed(LogException reason);
}

public class LogException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The shard was taken over: this member must stop serving it.</summary>
public sealed class FencedException(int shard, long epoch, long newest)
    : LogException($"shard {shard} was taken over: epoch {epoch} is older than {newest}");
