using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Actors.Telemetry;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>
/// This member's fold of the journal, in order. The writer hands it each commit of this member, live events and all;
/// what other members wrote it reads from the tables. Called by one thread of control at a time, but for
/// <see cref="Ordering"/>, <see cref="Find"/>, <see cref="WaitForAsync"/> and what is about entities that are gone.
/// </summary>
public sealed class JournalTail(IJournalStore store, IJournalListener listener)
{
    /// <summary>Rows that a catch-up holds at once, however far behind this member is.</summary>
    internal const int PageRowsMax = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, EntityRows> _entities = new(StringComparer.Ordinal);
    private readonly List<Waiter> _waiters = [];
    private readonly RowSizes _sizes = new();
    private JournalRow? _last;
    private long _ordering;
    private long _forgottenTo;
    private long _floor;
    private volatile bool _isUnsure;

    /// <summary>The last row folded.</summary>
    public long Ordering => Volatile.Read(ref _ordering);

    /// <summary>The row after which all are there, as far as this member knows.</summary>
    public long Floor => Volatile.Read(ref _floor);

    /// <summary>Whether nothing but this process writes the journal: then <see cref="Find"/> knows every
    /// entity.</summary>
    public bool KnowsAll => store.IsExclusive;

    /// <summary>Whether rows of this member may be stored that it has not folded: what became of a commit is
    /// unknown.</summary>
    public bool IsUnsure
    {
        get => _isUnsure;
        set => _isUnsure = value;
    }

    /// <summary>How many wait for an ordering.</summary>
    internal int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiters.Count;
            }
        }
    }

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
        Volatile.Write(ref _floor, bounds.Floor);
        try
        {
            await FoldAllAsync(bounds.Floor, cancellation);
        }
        catch (InvalidOperationException)
        {
            // An entity whose first rows were removed after its snapshot was looked for.
            await RefuseTrimmedAsync(bounds.Floor);
            throw;
        }

        await RefuseTrimmedAsync(bounds.Floor);
        _last = bounds.Last > Ordering ? null : _last;
        Advance(Math.Max(Ordering, bounds.Last));
    }

    /// <summary>Folds rows that others wrote, if the last one that was folded is still there: a database that has lost
    /// rows gives their orderings to others.</summary>
    /// <exception cref="JournalException">They cannot be read.</exception>
    /// <exception cref="JournalLostRowsException">Rows that were folded are not there.</exception>
    /// <exception cref="JournalBehindException">Some of them were removed by retention, or cannot be read by this
    /// release.</exception>
    public async Task CatchUpAsync()
    {
        var page = new List<JournalRow>();
        var known = _last;
        await foreach (var row in store.ReadAfterAsync(known is null ? Ordering : Ordering - 1, CancellationToken.None))
        {
            if (known is not null)
            {
                var isThere = row.IsSameAs(known);
                known = null;
                if (isThere)
                {
                    continue;
                }

                await MissAsync();
            }

            page.Add(row);
            if (page.Count == PageRowsMax)
            {
                await FoldPageAsync(page);
            }
        }

        if (known is not null)
        {
            await MissAsync();
        }

        await FoldPageAsync(page);
    }

    /// <summary>The last row that was folded is not there: retention may have removed it.</summary>
    private async Task MissAsync()
    {
        if ((await store.BoundsAsync()).Floor is var floor && floor != Ordering)
        {
            throw floor > Ordering
                ? new JournalBehindException(Ordering, floor)
                : new JournalLostRowsException(Ordering);
        }
    }

    /// <summary>Orderings have holes where rows were refused, and where retention was faster than this
    /// member.</summary>
    private async Task FoldPageAsync(List<JournalRow> page)
    {
        var hasHoles = page.Count > 0 && page[^1].Ordering - Ordering != page.Count;
        if (hasHoles && (await store.BoundsAsync()).Floor is var floor && floor > Ordering)
        {
            throw new JournalBehindException(Ordering, floor);
        }

        page.ForEach(FoldRow);
        JournalInstruments.Shared.RowsRead(page.Count);
        page.Clear();
    }

    /// <summary>Folds a commit of this member that follows on what was folded. What a catch-up has read already is
    /// skipped.</summary>
    public void Fold(IReadOnlyList<JournalWrite> committed)
    {
        foreach (var write in committed)
        {
            if (write.Entry.Ordering > Ordering)
            {
                Note(write.PersistenceId, write.SequenceNr, write.Entry);
                listener.OnEntry(write.PersistenceId, write.Entry);
                Volatile.Write(ref _ordering, write.Entry.Ordering);
            }
        }

        if (!KnowsAll && committed is [.., { Entry: var entry } last] && entry.Ordering == Ordering)
        {
            _last = new JournalRow(
                Ordering, last.PersistenceId, last.SequenceNr, entry.Encoded.Manifest, entry.Encoded.Payload);
        }

        ReleaseWaiters();
    }

    /// <summary>Returns when everything up to <paramref name="ordering"/> is folded; whoever gives up leaves nothing
    /// behind.</summary>
    public Task WaitForAsync(long ordering, CancellationToken cancellation)
    {
        var waiter = new Waiter(ordering);
        lock (_lock)
        {
            if (Ordering >= ordering)
            {
                return Task.CompletedTask;
            }

            _waiters.Add(waiter);
        }

        cancellation.UnsafeRegister((_, token) => GiveUp(waiter, token), null);
        return waiter.Reached.Task;
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

    /// <summary>An ordering after which the rows have at most so many bytes together; 0 when all have no
    /// more.</summary>
    public long OrderingBefore(long bytes)
    {
        lock (_lock)
        {
            return _sizes.OrderingBefore(bytes);
        }
    }

    /// <summary>The entities whose last row is up to an ordering and of which nothing is left.</summary>
    public IReadOnlyList<string> GoneBefore(long ordering)
    {
        lock (_lock)
        {
            return [.. _entities.Where(entity => entity.Value.Ordering <= ordering && listener.IsGone(entity.Key))
                .Select(entity => entity.Key).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Their rows are removed: those that have written none since are unknown again.</summary>
    public void Forget(IEnumerable<string> gone, long ordering)
    {
        lock (_lock)
        {
            Volatile.Write(ref _floor, Math.Max(_floor, ordering));
            _sizes.Forget(ordering);
            foreach (var persistenceId in gone)
            {
                if (_entities.TryGetValue(persistenceId, out var rows) && rows.Ordering <= ordering)
                {
                    _entities.Remove(persistenceId);
                }
            }
        }
    }

    /// <summary>Retention runs on one member. The others forget here what it removed, or they would remember every
    /// entity that ever was.</summary>
    /// <exception cref="JournalException">The floor cannot be read.</exception>
    public async Task ForgetGoneAsync()
    {
        var floor = (await store.BoundsAsync()).Floor;
        if (floor > _forgottenTo)
        {
            _forgottenTo = floor;
            Forget(GoneBefore(floor), floor);
        }
    }

    private async Task FoldAllAsync(long floor, CancellationToken cancellation)
    {
        var bases = await ReadSnapshotsAsync(floor, cancellation);
        var isAtFloor = false;
        await foreach (var row in store.ReadAfterAsync(0, cancellation))
        {
            if (!isAtFloor && row.Ordering > floor)
            {
                isAtFloor = true;
                listener.OnFloor(floor);
            }

            if (row.Ordering > bases.GetValueOrDefault(row.PersistenceId))
            {
                FoldRow(row);
            }
        }

        if (!isAtFloor)
        {
            listener.OnFloor(floor);
        }
    }

    private async Task RefuseTrimmedAsync(long known)
    {
        if ((await store.BoundsAsync()).Floor is var floor && floor > known)
        {
            throw new JournalBehindException(known, floor);
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
        Note(row.PersistenceId, row.SequenceNr, entry);
        listener.OnEntry(row.PersistenceId, entry);
        _last = KnowsAll ? null : row;
        Advance(row.Ordering);
    }

    private void Note(string persistenceId, long sequenceNr, JournalEntry entry)
    {
        lock (_lock)
        {
            _sizes.Add(entry.Ordering, entry.Encoded.Payload.Length);
            _entities[persistenceId] = _entities.GetValueOrDefault(persistenceId) with
            {
                SequenceNr = sequenceNr, Ordering = entry.Ordering,
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

    private void GiveUp(Waiter waiter, CancellationToken cancellation)
    {
        lock (_lock)
        {
            _waiters.Remove(waiter);
        }

        waiter.Reached.TrySetCanceled(cancellation);
    }

    /// <summary>Whoever waits for an ordering.</summary>
    private sealed class Waiter(long ordering)
    {
        public long Ordering { get; } = ordering;

        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
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

    /// <summary>Whether nothing is left of an entity, as far as was told. Called from any thread.</summary>
    bool IsGone(string persistenceId);
}
