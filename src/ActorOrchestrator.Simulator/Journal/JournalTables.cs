using System.Runtime.CompilerServices;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Journal;

/// <summary>A row as the database holds it, and as it was decided.</summary>
/// <param name="Row">The bytes.</param>
/// <param name="Entry">The live events, which no reader gets.</param>
/// <param name="Writer">The activation that wrote it.</param>
/// <param name="Process">The process that it lived in.</param>
/// <param name="Seen">The last of the entity's rows that the activation had seen when it decided.</param>
public sealed record StoredRow(JournalRow Row, JournalEntry Entry, string Writer, string Process, long Seen);

/// <summary>
/// What the simulated database (or file) holds: it outlives every process. What <see cref="IJournalStore"/> promises of
/// a transaction happens here in one step: rows are refused or get their orderings, and retention removes what
/// <c>RetentionSql</c> says.
/// </summary>
public sealed class JournalTables
{
    private readonly List<StoredRow> _rows = [];
    private readonly SortedDictionary<string, List<StoredRow>> _byEntity = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<SnapshotRow>> _snapshots = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<JournalEntry, object> _seen = [];
    private SimulatedProcess? _opener;

    /// <summary>The last ordering that was handed out.</summary>
    public long Last { get; private set; }

    public long Floor { get; private set; }

    public int Trims { get; private set; }

    public JournalBounds Bounds => new(Floor, Math.Max(LastStored, Floor));

    /// <summary>By entity, of one the older first.</summary>
    public IEnumerable<SnapshotRow> Snapshots => _snapshots.Values.SelectMany(snapshots => snapshots);

    /// <summary>In the order of their orderings.</summary>
    public IReadOnlyList<StoredRow> Rows => _rows;

    /// <summary>Hears of the rows of every transaction, at the instant at which they are durable.</summary>
    public event Action<IReadOnlyList<StoredRow>>? Stored;

    private long LastStored => _rows.Count > 0 ? _rows[^1].Row.Ordering : 0;

    /// <summary>From now on the file is this process's alone.</summary>
    public void Open(SimulatedProcess process) => _opener = process;

    /// <summary>Whether the file is still this process's.</summary>
    public bool IsOpenedBy(SimulatedProcess process) => _opener == process;

    /// <summary>An activation that has seen an entity's rows up to one persists an entry.</summary>
    public void NoteSeen(JournalEntry entry, long sequenceNr) => _seen.AddOrUpdate(entry, sequenceNr);

    /// <returns>Orderings by the place in the list (0 for what was refused), and the last one before.</returns>
    public (long Previous, long[] Orderings) Commit(
        IReadOnlyList<JournalWrite> writes, string process, bool isShared)
    {
        var previous = Bounds.Last;
        var orderings = new long[writes.Count];
        var stored = new List<StoredRow>(writes.Count);
        for (var i = 0; i < writes.Count; i++)
        {
            if (Insert(writes[i], process, isShared) is { } row)
            {
                orderings[i] = row.Row.Ordering;
                stored.Add(row);
            }
        }

        Stored?.Invoke(stored);
        return (previous, orderings);
    }

    public long HighestSequenceNr(string persistenceId) =>
        _byEntity.TryGetValue(persistenceId, out var rows) && rows.Count > 0 ? rows[^1].Row.SequenceNr : 0;

    public IReadOnlyList<JournalRow> Entity(string persistenceId, long from, long to) =>
        [.. RowsOf(persistenceId).Select(stored => stored.Row)
            .Where(row => row.SequenceNr >= from && row.SequenceNr <= to)];

    /// <summary>A copy, so that the reader may take its time.</summary>
    public IReadOnlyList<JournalRow> After(long ordering)
    {
        int low = 0, high = _rows.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _rows[middle].Row.Ordering > ordering ? (low, middle) : (middle + 1, high);
        }

        return [.. _rows.Skip(low).Select(stored => stored.Row)];
    }

    public SnapshotRow? Snapshot(string persistenceId, long to) =>
        _snapshots.GetValueOrDefault(persistenceId)?.LastOrDefault(snapshot => snapshot.SequenceNr <= to);

    public bool Holds(string persistenceId, long sequenceNr, long ordering) =>
        RowsOf(persistenceId).Any(one => one.Row.SequenceNr == sequenceNr && one.Row.Ordering == ordering);

    public void Save(SnapshotRow snapshot)
    {
        if (!_snapshots.TryGetValue(snapshot.PersistenceId, out var snapshots))
        {
            _snapshots.Add(snapshot.PersistenceId, snapshots = []);
        }

        snapshots.RemoveAll(old => old.SequenceNr == snapshot.SequenceNr);
        snapshots.Insert(snapshots.Count(old => old.SequenceNr < snapshot.SequenceNr), snapshot);
    }

    public void BeginAfter(long ordering) =>
        (Last, Floor) = (Math.Max(Last, ordering), Math.Max(Floor, ordering));

    public long Trim(long floor, IReadOnlyCollection<string> gone)
    {
        foreach (var persistenceId in gone)
        {
            if (RowsOf(persistenceId).All(stored => stored.Row.Ordering <= floor))
            {
                _byEntity.Remove(persistenceId);
                _snapshots.Remove(persistenceId);
            }
        }

        foreach (var (persistenceId, snapshots) in _snapshots)
        {
            RemoveCovered(persistenceId, snapshots, floor);
        }

        var left = _byEntity.Values.SelectMany(rows => rows).ToHashSet();
        var removed = _rows.RemoveAll(row => !left.Contains(row));
        Floor = Math.Max(Floor, floor);
        Trims++;
        return removed;
    }

    /// <summary>Rows up to the newest snapshot from before the floor go, but for the entity's newest row; older
    /// snapshots go.</summary>
    private void RemoveCovered(string persistenceId, List<SnapshotRow> snapshots, long floor)
    {
        var rows = RowsOf(persistenceId);
        var firstAfterFloor =
            rows.FirstOrDefault(stored => stored.Row.Ordering > floor)?.Row.SequenceNr ?? long.MaxValue;
        if (snapshots.LastOrDefault(snapshot => snapshot.SequenceNr < firstAfterFloor) is not { } @base)
        {
            return;
        }

        if (rows.Count > 0)
        {
            var newest = rows[^1].Row.SequenceNr;
            _byEntity[persistenceId].RemoveAll(stored => stored.Row.Ordering <= floor
                && stored.Row.SequenceNr <= @base.SequenceNr && stored.Row.SequenceNr < newest);
        }

        snapshots.RemoveAll(old => old.SequenceNr < @base.SequenceNr);
    }

    private StoredRow? Insert(JournalWrite write, string process, bool isShared)
    {
        var rows = RowsOf(write.PersistenceId);
        var isTaken = rows.Any(stored => stored.Row.SequenceNr == write.SequenceNr);
        var follows = rows.Count > 0 ? rows[^1].Row.Ordering : 0;
        var isNext = write.Entry.Follows == follows && (write.SequenceNr == 1) == (follows == 0);
        if (isTaken || (isShared && !isNext))
        {
            // A database's sequence gives the number away all the same.
            Last += isShared && isTaken ? 1 : 0;
            return null;
        }

        var encoded = write.Entry.Encoded;
        var row = new StoredRow(
            new JournalRow(++Last, write.PersistenceId, write.SequenceNr, encoded.Manifest, encoded.Payload),
            write.Entry, write.Writer, process,
            _seen.TryGetValue(write.Entry, out var seen) ? (long)seen : write.SequenceNr - 1);
        _rows.Add(row);
        if (!_byEntity.TryGetValue(write.PersistenceId, out var known))
        {
            _byEntity.Add(write.PersistenceId, known = []);
        }

        known.Insert(known.Count(stored => stored.Row.SequenceNr < write.SequenceNr), row);
        return row;
    }

    private IReadOnlyList<StoredRow> RowsOf(string persistenceId) =>
        _byEntity.GetValueOrDefault(persistenceId) ?? (IReadOnlyList<StoredRow>)[];
}
