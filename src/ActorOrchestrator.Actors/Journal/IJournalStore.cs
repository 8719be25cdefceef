namespace ActorOrchestrator.Actors.Journal;

/// <summary>
/// The tables of the journal as the write path, the tail and recovery use them. The tables are those of
/// Akka.Persistence.Sql; the implementations are SQLite, PostgreSQL and the simulator's. Every failure is a
/// <see cref="JournalException"/>.
/// </summary>
public interface IJournalStore
{
    /// <summary>Whether no other process writes these tables, so that what this process has folded is all there
    /// is.</summary>
    bool IsExclusive { get; }

    /// <summary>The tables exist: adds what they lack.</summary>
    Task PrepareAsync();

    /// <summary>
    /// Stores all rows in one transaction and returns when they are durable. A row whose persistence id and sequence
    /// number are taken is refused alone, and where several members write, one that does not follow on the entity's
    /// last row (<see cref="JournalEntry.Follows"/>): the others are stored. The entries of stored rows carry their
    /// orderings, which grow in the order of the list and in the order of commits.
    /// </summary>
    /// <exception cref="JournalException">Nothing was stored, or nobody knows.</exception>
    Task<CommitOutcome> CommitAsync(IReadOnlyList<JournalWrite> writes);

    /// <summary>The last sequence number of an entity's rows; 0 without any.</summary>
    Task<long> HighestSequenceNrAsync(string persistenceId);

    /// <summary>An entity's rows from one sequence number to another, both included, in order.</summary>
    Task<IReadOnlyList<JournalRow>> ReadEntityAsync(string persistenceId, long fromSequenceNr, long toSequenceNr);

    /// <summary>All rows after an ordering, in order.</summary>
    IAsyncEnumerable<JournalRow> ReadAfterAsync(long ordering, CancellationToken cancellation);

    /// <summary>All snapshots; of one entity the older ones first.</summary>
    IAsyncEnumerable<SnapshotRow> ReadSnapshotsAsync(CancellationToken cancellation);

    /// <summary>An entity's newest snapshot up to a sequence number.</summary>
    Task<SnapshotRow?> LoadSnapshotAsync(string persistenceId, long toSequenceNr);

    /// <summary>Stores a snapshot, in the place of an equal one, unless the row that it is of is gone by then: it is
    /// covered by a newer one, or its entity is gone, and a snapshot without rows would bring it back.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="ordering">Of the row that it is of.</param>
    /// <returns>Whether it was stored.</returns>
    Task<bool> SaveSnapshotAsync(SnapshotRow snapshot, long ordering);

    Task<JournalBounds> BoundsAsync();

    /// <summary>No ordering up to this one is given out from now on, and no watch may start before it: rows up to it
    /// were given out that are lost.</summary>
    Task BeginAfterAsync(long ordering);

    /// <summary>Removes what nobody needs that wants to know every change after <paramref name="floor"/>: rows up to it
    /// that a snapshot covers, the older snapshots of an entity, and all rows and snapshots of entities whose last row
    /// is up to it and which <paramref name="gone"/> names. The floor rises in steps between which commits pass; when
    /// it fails half-way, the journal begins after the floor that was reached.</summary>
    /// <returns>How many rows were removed.</returns>
    Task<long> TrimAsync(long floor, IReadOnlyCollection<string> gone);
}

/// <summary>One row on its way into the journal.</summary>
/// <param name="persistenceId">The entity.</param>
/// <param name="sequenceNr">Its row's number, from 1 and without gaps.</param>
/// <param name="entry">What it holds.</param>
/// <param name="writer">The activation that writes it (Akka's writer uuid).</param>
/// <param name="createdMilliseconds">When, since 1970 (the table's <c>created</c>).</param>
public sealed class JournalWrite(
    string persistenceId, long sequenceNr, JournalEntry entry, string writer, long createdMilliseconds)
{
    public long CreatedMilliseconds { get; } = createdMilliseconds;

    public string PersistenceId { get; } = persistenceId;

    public long SequenceNr { get; } = sequenceNr;

    public JournalEntry Entry { get; } = entry;

    public string Writer { get; } = writer;

    /// <summary>Set when the row is durable and folded, or refused. Its continuations run where it is set: they are the
    /// journal actor's, which only sends messages.</summary>
    internal TaskCompletionSource Done { get; } = new();
}

/// <param name="Previous">The last ordering before this transaction: a reader who has folded up to it misses
/// nothing.</param>
/// <param name="Refused">Rows that were not stored, because another activation was faster.</param>
public readonly record struct CommitOutcome(long Previous, IReadOnlyList<JournalWrite> Refused);

public sealed record JournalRow(
    long Ordering, string PersistenceId, long SequenceNr, string Manifest, ReadOnlyMemory<byte> Payload)
{
    /// <summary>By what it holds; two records of one row are not equal.</summary>
    public bool IsSameAs(JournalRow other) => Ordering == other.Ordering && SequenceNr == other.SequenceNr
        && PersistenceId == other.PersistenceId && Manifest == other.Manifest
        && Payload.Span.SequenceEqual(other.Payload.Span);
}

public sealed record SnapshotRow(
    string PersistenceId, long SequenceNr, DateTime Created, string Manifest, ReadOnlyMemory<byte> Payload);

/// <param name="Floor">Every row after it is there; what came before may be known by snapshots only.</param>
/// <param name="Last">The last ordering; 0 for an empty journal.</param>
public readonly record struct JournalBounds(long Floor, long Last);
