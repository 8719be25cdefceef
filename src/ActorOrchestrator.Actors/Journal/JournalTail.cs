using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>
/// This member's fold of the journal, in order. The writer hands it each commit of this member, live events and all;
/// what other members wrote it reads from the tables. Called by one thread of control at a time, but for
/// <see cref="Ordering"/>, <see cref="Find"/> and <see cref="WaitForAsync"/>.
/// </summary>
public sealed class JournalTail(IJournalStore store, IJournalListener listener)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, EntityRows> _entities = new(StringComparer.Ordinal);
    private readonly List<(long Ordering, TaskCompletionSource Reached)> _waiters = [];
    private long _ordering;

    /// <summary>The last row folded.</summary>
    public long Ordering => Volatile.Read(ref _ordering);

    /// <summary>Whether nothing but this process writes the journal: then <see cref="Find"/> knows every
    /// entity.</summary>
    public bool KnowsAll => store.IsExclusive;

    /// <summary>What is known of an entity's rows; zeros when there are none.</summary>
    public EntityRows Find(string persistenceId)
    {
        lock (_lock)
        {
            return _entities.GetValueOrDefault(persistenceId);
        }
    }

    /// <summary>Reads snapshots and rows, telling the listener all of it.</summary>
    /// <exception cref="JournalException">They cannot be read.</exception>
    /// <exception cref="JournalBehindException">Retention removed some of them meanwhile.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var bounds = await store.BoundsAsync();
        var bases = await ReadSnapshotsAsync(bounds.Floor, cancellation);
        var isAtFloor = false;
        await foreach (var row in store.ReadAfterAsync(0, cancellation))
        {
            if (!isAtFloor && row.Ordering > bounds.Floor)
            {
                isAtFloor = true;
                listener.OnFloor(bounds.Floor);
            }

            if (row.Ordering > bases.GetValueOrDefault(row.PersistenceId))
            {
                FoldRow(row);
            }
        }

        if (!isAtFloor)
        {
            listener.OnFloor(bounds.Floor);
        }

        if ((await store.BoundsAsync()).Floor is var floor && floor > bounds.Floor)
        {
            throw new JournalBehindException(bounds.Floor, floor);
        }

        Advance(Math.Max(Ordering, bounds.Last));
    }

    /// <summary>Folds rows that others wrote.</summary>
    /// <exception cref="JournalException">They cannot be read.</exception>
    /// <exception cref="JournalBehindException">Some of them were removed by retention.</exception>
    public async Task CatchUpAsync()
    {
        var (rows, next) = (new List<JournalRow>(), Ordering + 1);
        await foreach (var row in store.ReadAfterAsync(Ordering, CancellationToken.None))
        {
            next = row.Ordering == next ? next + 1 : long.MaxValue;
            rows.Add(row);
        }

        // Orderings have holes where rows were refused, and where retention was faster than this member.
        if (next == long.MaxValue && (await store.BoundsAsync()).Floor is var floor && floor > Ordering)
        {
            throw new JournalBehindException(Ordering, floor);
        }

        rows.ForEach(FoldRow);
    }

    /// <summary>Folds a commit of this member that follows on what was folded. What a catch-up has read already is
    /// skipped.</summary>
    public void Fold(IReadOnlyList<JournalWrite> committed)
    {
        foreach (var write in committed)
        {
            if (write.Entry.Ordering > Ordering)
            {
                Note(write.PersistenceId, write.SequenceNr, write.Entry.Ordering);
                listener.OnEntry(write.PersistenceId, write.Entry);
                Volatile.Write(ref _ordering, write.Entry.Ordering);
            }
        }

        ReleaseWaiters();
    }

    /// <summary>Returns when everything up to <paramref name="ordering"/> is folded.</summary>
    public Task WaitForAsync(long ordering)
    {
        lock (_lock)
        {
            if (Ordering >= ordering)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((ordering, reached));
            return reached.Task;
        }
    }

    /// <summary>An entity has stored a snapshot.</summary>
    public void OnSnapshotSaved(string persistenceId, long sequenceNr)
    {
        lock (_lock)
        {
            var known = _entities.GetValueOrDefault(persistenceId);
            _entities[persistenceId] = known with { SnapshotSequenceNr = sequenceNr };
        }
    }

    /// <summary>The entities whose last row is up to an ordering and of which nothing is left, as
    /// <paramref name="isGone"/> says.</summary>
    public IReadOnlyList<string> GoneBefore(long ordering, Func<string, bool> isGone)
    {
        lock (_lock)
        {
            return [.. _entities.Where(entity => entity.Value.Ordering <= ordering && isGone(entity.Key))
                .Select(entity => entity.Key).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Their rows are removed: those that have written none since are unknown again.</summary>
    public void Forget(IEnumerable<string> gone, long ordering)
    {
        lock (_lock)
        {
            foreach (var persistenceId in gone)
            {
                if (_entities.TryGetValue(persistenceId, out var rows) && rows.Ordering <= ordering)
                {
                    _entities.Remove(persistenceId);
                }
            }
        }
    }

    /// <summary>Each entity begins with its newest snapshot from before the floor; rows after it are there. A newer
    /// snapshot would hide changes that a watch may ask for.</summary>
    /// <returns>The last ordering that each entity's beginning stands on.</returns>
    private async Task<Dictionary<string, long>> ReadSnapshotsAsync(long floor, CancellationToken cancellation)
    {
        var bases = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var row in store.ReadSnapshotsAsync(cancellation))
        {
            var snapshot = EntryFormat.DecodeSnapshot(row.Manifest, row.Payload);
            var isBase = snapshot.Ordering <= floor;
            lock (_lock)
            {
                var before = _entities.GetValueOrDefault(row.PersistenceId);
                _entities[row.PersistenceId] =
                    new EntityRows(isBase ? row.SequenceNr : before.SequenceNr, row.SequenceNr, before.Ordering);
            }

            if (isBase)
            {
                bases[row.PersistenceId] = snapshot.Ordering;
                listener.OnSnapshot(row.PersistenceId, snapshot);
            }
        }

        return bases;
    }

    /// <summary>By ordering alone: the rows of an entity that is gone are removed, and one of the same name counts its
    /// rows from 1 again.</summary>
    private void FoldRow(JournalRow row)
    {
        var entry = EntryFormat.Decode(row.Manifest, row.Payload);
        entry.Ordering = row.Ordering;
        Note(row.PersistenceId, row.SequenceNr, row.Ordering);
        listener.OnEntry(row.PersistenceId, entry);
        Advance(row.Ordering);
    }

    private void Note(string persistenceId, long sequenceNr, long ordering)
    {
        lock (_lock)
        {
            _entities[persistenceId] = _entities.GetValueOrDefault(persistenceId) with
            {
                SequenceNr = sequenceNr, Ordering = ordering,
            };
        }
    }

    private void Advance(long ordering)
    {
        Volatile.Write(ref _ordering, ordering);
        ReleaseWaiters();
    }

    private void ReleaseWaiters()
    {
        lock (_lock)
        {
            for (var i = _waiters.Count - 1; i >= 0; i--)
            {
                if (_waiters[i].Ordering <= _ordering)
                {
                    _waiters[i].Reached.TrySetResult();
                    _waiters.RemoveAt(i);
                }
            }
        }
    }
}

/// <param name="SequenceNr">Of the entity's last row.</param>
/// <param name="SnapshotSequenceNr">Of its last snapshot; 0 without one.</param>
/// <param name="Ordering">Of the entity's last row; 0 when it was removed.</param>
public readonly record struct EntityRows(long SequenceNr, long SnapshotSequenceNr, long Ordering);

/// <summary>Folds the journal: hears of everything in it, in order, before anything that depends on it leaves. On start
/// it gets snapshots and the rows up to the floor, then <see cref="OnFloor"/>, then every row after it.</summary>
public interface IJournalListener
{
    void OnSnapshot(string persistenceId, EntitySnapshot snapshot);

    /// <summary>From here on every row is told: a watch can start after the floor.</summary>
    void OnFloor(long floor);

    void OnEntry(string persistenceId, JournalEntry entry);
}
