using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>A journal in memory that does as a test says: commits wait, fail, or meet rows of other members.</summary>
internal sealed class ScriptedStore : IJournalStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, JournalRow> _rows = [];
    private readonly List<SnapshotRow> _snapshots = [];
    private readonly Queue<JournalException> _failures = new();
    private readonly Channel<IReadOnlyList<JournalWrite>> _begun =
        Channel.CreateUnbounded<IReadOnlyList<JournalWrite>>();

    private TaskCompletionSource? _gate;
    private bool _holdsReads;
    private long _last;
    private long _floor;

    public bool IsExclusive { get; init; } = true;

    /// <summary>The commits that have begun, in order.</summary>
    public ChannelReader<IReadOnlyList<JournalWrite>> Begun => _begun.Reader;

    /// <summary>Runs right before rows are stored.</summary>
    public Action? BeforeStored { get; set; }

    /// <summary>Why nothing can be read now; null when all can.</summary>
    public string? ReadProblem { get; set; }

    /// <summary>Why no snapshot can be saved now.</summary>
    public string? SnapshotProblem { get; set; }

    /// <summary>Runs while rows are read: between two pages of a reader, something may happen.</summary>
    public Action<JournalRow>? OnRead { get; set; }

    /// <summary>Runs when an entity has read its snapshot, before it reads its rows.</summary>
    public Action? OnSnapshotRead { get; set; }

    /// <summary>What entities read of their rows on recovery.</summary>
    public List<(string PersistenceId, long From, long To)> Recoveries { get; } = [];

    public List<(long Floor, IReadOnlyCollection<string> Gone)> Trims { get; } = [];

    public int Looks { get; private set; }

    public IReadOnlyList<JournalRow> Rows
    {
        get
        {
            lock (_lock)
            {
                return [.. _rows.Values];
            }
        }
    }

    public IReadOnlyList<SnapshotRow> Snapshots
    {
        get
        {
            lock (_lock)
            {
                return [.. _snapshots];
            }
        }
    }

    /// <summary>From now on commits begin and do not end.</summary>
    public void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>From now on readings of all rows begin and do not end.</summary>
    public void HoldReads()
    {
        _holdsReads = true;
        Hold();
    }

    public void Release()
    {
        var gate = _gate;
        _gate = null;
        _holdsReads = false;
        gate?.SetResult();
    }

    /// <summary>The next commit that has no failure yet fails.</summary>
    public void FailNext(string reason) => FailNext(new JournalException(reason));

    public void FailNext(JournalException failure) => _failures.Enqueue(failure);

    /// <summary>A row that another activation, or another member, has stored.</summary>
    public long StoreByAnother(string persistenceId, long sequenceNr, params DomainEvent[] events)
    {
        lock (_lock)
        {
            var resource = EntityKey.Parse(persistenceId).Resource;
            return StoreByAnother(persistenceId, sequenceNr, EntryFormat.Encode(resource, events));
        }
    }

    /// <summary>A row as a member of another release may write it.</summary>
    public long StoreByAnother(string persistenceId, long sequenceNr, EncodedEntry encoded)
    {
        lock (_lock)
        {
            _rows[++_last] = new JournalRow(_last, persistenceId, sequenceNr, encoded.Manifest, encoded.Payload);
            return _last;
        }
    }

    /// <summary>An ordering that nobody gets: a row was refused.</summary>
    public void SkipOrdering() => _last++;

    /// <summary>Another member's retention: the floor rises, and rows go.</summary>
    public void TrimByAnother(long floor, params long[] removed)
    {
        lock (_lock)
        {
            _floor = floor;
            foreach (var ordering in removed)
            {
                _rows.Remove(ordering);
            }
        }
    }

    public void Save(SnapshotRow snapshot)
    {
        lock (_lock)
        {
            _snapshots.Add(snapshot);
        }
    }

    public Task PrepareAsync() => Task.CompletedTask;

    public async Task<CommitOutcome> CommitAsync(IReadOnlyList<JournalWrite> writes)
    {
        _begun.Writer.TryWrite([.. writes]);
        if (_gate is { } gate)
        {
            await gate.Task;
        }

        lock (_lock)
        {
            if (_failures.TryDequeue(out var failure))
            {
                throw failure;
            }

            BeforeStored?.Invoke();
            var previous = _last;
            return new CommitOutcome(previous, [.. writes.Where(write => !TryStore(write)).ToList()]);
        }
    }

    public Task<long> HighestSequenceNrAsync(string persistenceId) => Task.FromResult(Read(
        () => OfEntity(persistenceId).Select(row => row.SequenceNr).DefaultIfEmpty().Max()));

    public Task<IReadOnlyList<JournalRow>> ReadEntityAsync(
        string persistenceId, long fromSequenceNr, long toSequenceNr) => Task.FromResult(
        Read<IReadOnlyList<JournalRow>>(() =>
        {
            Recoveries.Add((persistenceId, fromSequenceNr, toSequenceNr));
            return
            [
                .. OfEntity(persistenceId)
                    .Where(row => row.SequenceNr >= fromSequenceNr && row.SequenceNr <= toSequenceNr),
            ];
        }));

    public async IAsyncEnumerable<JournalRow> ReadAfterAsync(
        long ordering, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // As a database reads: what was there when the query began.
        var rows = Read(() => _rows.Values.Where(row => row.Ordering > ordering).ToList());
        await (_holdsReads && _gate is { } gate ? gate.Task : Task.CompletedTask);
        foreach (var row in rows)
        {
            OnRead?.Invoke(row);
            yield return row;
        }
    }

    public async IAsyncEnumerable<SnapshotRow> ReadSnapshotsAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var snapshot in Read(() => _snapshots.OrderBy(one => one.SequenceNr).ToList()))
        {
            yield return snapshot;
        }
    }

    public Task<SnapshotRow?> LoadSnapshotAsync(string persistenceId, long toSequenceNr)
    {
        var snapshot = Read(
            () => _snapshots.Where(one => one.PersistenceId == persistenceId && one.SequenceNr <= toSequenceNr)
                .MaxBy(one => one.SequenceNr));
        OnSnapshotRead?.Invoke();
        return Task.FromResult(snapshot);
    }

    public Task<bool> SaveSnapshotAsync(SnapshotRow snapshot, long ordering)
    {
        lock (_lock)
        {
            var isThere = _rows.TryGetValue(ordering, out var row) && row.PersistenceId == snapshot.PersistenceId;
            if (isThere)
            {
                _snapshots.Add(snapshot);
            }

            return Task.FromResult(isThere);
        }
    }

    public Task<JournalBounds> BoundsAsync() => Task.FromResult(Read(() =>
    {
        Looks++;
        return new JournalBounds(_floor, Math.Max(_last, _floor));
    }));

    public Task BeginAfterAsync(long ordering)
    {
        lock (_lock)
        {
            (_last, _floor) = (Math.Max(_last, ordering), Math.Max(_floor, ordering));
            return Task.CompletedTask;
        }
    }

    /// <summary>A server takes over that does not have the last rows.</summary>
    public void Lose(int rows)
    {
        lock (_lock)
        {
            foreach (var ordering in _rows.Keys.TakeLast(rows).ToList())
            {
                _rows.Remove(ordering);
            }

            _last = _rows.Keys.LastOrDefault();
        }
    }

    public Task<long> TrimAsync(long floor, IReadOnlyCollection<string> gone)
    {
        lock (_lock)
        {
            Trims.Add((floor, gone));
            var removed = _rows.Values.Where(row => gone.Contains(row.PersistenceId) && row.Ordering <= floor).ToList();
            removed.ForEach(row => _rows.Remove(row.Ordering));
            _snapshots.RemoveAll(snapshot => gone.Contains(snapshot.PersistenceId));
            _floor = floor;
            return Task.FromResult((long)removed.Count);
        }
    }

    private bool TryStore(JournalWrite write)
    {
        if (OfEntity(write.PersistenceId).Any(row => row.SequenceNr == write.SequenceNr))
        {
            _last += IsExclusive ? 0 : 1;
            return false;
        }

        var (manifest, payload) = write.Entry.Encoded;
        _rows[++_last] = new JournalRow(_last, write.PersistenceId, write.SequenceNr, manifest, payload);
        write.Entry.Ordering = _last;
        return true;
    }

    private IEnumerable<JournalRow> OfEntity(string persistenceId) =>
        _rows.Values.Where(row => row.PersistenceId == persistenceId);

    private T Read<T>(Func<T> read)
    {
        lock (_lock)
        {
            return ReadProblem is { } problem ? throw new JournalException(problem) : read();
        }
    }
}
