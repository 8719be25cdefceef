using System.Runtime.CompilerServices;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Simulator.Log;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Journal;

/// <summary>
/// One process's way to the <see cref="JournalTables"/>: a file of its own, or a database that it shares with others. A
/// commit becomes durable some time after it was asked for and is heard of some time after that, so a process can die,
/// or freeze, between the two. What is in flight when the process dies may be stored or not; a database may store it
/// long after.
/// </summary>
public sealed class SimulatedJournalStore : IJournalStore
{
    private static readonly TimeSpan LingerMost = TimeSpan.FromSeconds(5);

    /// <summary>After how long a client takes a database that does not answer for lost.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(15);

    private readonly JournalTables _tables;
    private readonly SimulatedProcess _process;
    private readonly Dice _dice;
    private readonly Func<LogWeather> _weather;

    public SimulatedJournalStore(
        JournalTables tables, SimulatedProcess process, Dice dice, Func<LogWeather> weather)
    {
        (_tables, _process, _dice, _weather) = (tables, process, dice, weather);
        tables.Open(process);
    }

    /// <summary>Whether the tables are a file that only this process has open.</summary>
    public bool IsExclusive { get; init; } = true;

    /// <summary>Whether this process reaches the database.</summary>
    public Func<bool> IsReachable { get; init; } = static () => true;

    /// <summary>Commits that failed, that hung, and that were cut by a death.</summary>
    public Action<string> OnFault { get; init; } = static _ => { };

    /// <summary>A commit begins.</summary>
    public Action OnCommit { get; init; } = static () => { };

    public void NoteSeen(JournalEntry entry, long sequenceNr) => _tables.NoteSeen(entry, sequenceNr);

    public Task PrepareAsync() => Task.CompletedTask;

    public Task<CommitOutcome> CommitAsync(IReadOnlyList<JournalWrite> writes)
    {
        OnCommit();
        var commit = new Commit(this, [.. writes]);
        commit.Begin();
        return commit.Task;
    }

    public async Task<long> HighestSequenceNrAsync(string persistenceId)
    {
        await AnswerAsync();
        return _tables.HighestSequenceNr(persistenceId);
    }

    public async Task<IReadOnlyList<JournalRow>> ReadEntityAsync(
        string persistenceId, long fromSequenceNr, long toSequenceNr)
    {
        await AnswerAsync();
        return _tables.Entity(persistenceId, fromSequenceNr, toSequenceNr);
    }

    public async IAsyncEnumerable<JournalRow> ReadAfterAsync(
        long ordering, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await AnswerAsync();
        foreach (var row in _tables.After(ordering))
        {
            yield return row;
        }
    }

    public async IAsyncEnumerable<SnapshotRow> ReadSnapshotsAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await AnswerAsync();
        foreach (var snapshot in _tables.Snapshots.ToList())
        {
            yield return snapshot;
        }
    }

    public async Task<SnapshotRow?> LoadSnapshotAsync(string persistenceId, long toSequenceNr)
    {
        await AnswerAsync();
        return _tables.Snapshot(persistenceId, toSequenceNr);
    }

    public async Task<bool> SaveSnapshotAsync(SnapshotRow snapshot, long ordering)
    {
        await AnswerAsync();
        if (!_tables.Holds(snapshot.PersistenceId, snapshot.SequenceNr, ordering))
        {
            return false;
        }

        _tables.Save(snapshot);
        return true;
    }

    public async Task<JournalBounds> BoundsAsync()
    {
        await AnswerAsync();
        return _tables.Bounds;
    }

    public async Task BeginAfterAsync(long ordering)
    {
        await AnswerAsync();
        _tables.BeginAfter(ordering);
    }

    public async Task<long> TrimAsync(long floor, IReadOnlyCollection<string> gone)
    {
        await AnswerAsync();
        return _tables.Trim(floor, gone);
    }

    /// <summary>How long the disk takes for what is asked next; now and then it hangs.</summary>
    private TimeSpan Wait(string fault)
    {
        var now = _weather();
        var isStalled = _dice.Chance(now.StallChance);
        var wait = _dice.Between(now.CommitLeast, now.CommitMost);
        if (!isStalled)
        {
            return wait;
        }

        OnFault(fault);
        return wait + (now.StallMost * _dice.Fraction());
    }

    private async Task AnswerAsync()
    {
        await Task.Delay(Wait("read stalled"), _process.Clock);
        if (_weather().IsAway || !IsReachable())
        {
            throw new JournalException("the journal does not answer");
        }
    }

    /// <summary>One transaction under way. The disk works on its own: neither freezing nor killing the process stops
    /// what it was given.</summary>
    private sealed class Commit
    {
        private readonly SimulatedJournalStore _store;
        private readonly IReadOnlyList<JournalWrite> _writes;
        private readonly TaskCompletionSource<CommitOutcome> _outcome = new();

        public Commit(SimulatedJournalStore store, IReadOnlyList<JournalWrite> writes) =>
            (_store, _writes) = (store, writes);

        public Task<CommitOutcome> Task => _outcome.Task;

        private SimulationLoop Loop => _store._process.Loop;

        public void Begin()
        {
            if (!_store.IsReachable())
            {
                Hear(AnswerMax, () => Fail("the journal cannot be reached"));
                return;
            }

            if (!_store.IsExclusive)
            {
                // Whatever the database does with it, nobody waits longer.
                Hear(AnswerMax, () => Fail("the journal did not answer; the rows may be stored"));
            }

            var fails = _store._dice.Chance(_store._weather().FailChance);
            Loop.After(_store.Wait("commit stalled"), () => StoreOrLinger(fails));
        }

        /// <summary>A database goes on with what a client gave it that is dead by now, and may take its time.</summary>
        private void StoreOrLinger(bool fails)
        {
            if (_store._process.IsDead && !_store.IsExclusive && _store._dice.Chance(0.5))
            {
                _store.OnFault("commit late after a death");
                Loop.After(_store._dice.Between(TimeSpan.Zero, LingerMost), () => Store(fails));
                return;
            }

            Store(fails);
        }

        private void Store(bool fails)
        {
            var isDead = _store._process.IsDead;
            if (isDead)
            {
                _store.OnFault("commit cut by a death");
                fails |= _store._dice.Chance(0.5);
            }

            // Another process has the file open by now, so the one that asked for this is gone for good.
            fails |= _store.IsExclusive && !_store._tables.IsOpenedBy(_store._process);
            fails |= _store._weather().IsAway;
            var heardAfter = _store._dice.Between(_store._weather().CommitLeast, _store._weather().CommitMost) / 2;
            if (fails && (_store.IsExclusive || _store._dice.Chance(0.5)))
            {
                _store.OnFault("commit failed");
                Hear(heardAfter, () => Fail("disk I/O error"));
                return;
            }

            var (previous, orderings) = _store._tables.Commit(
                _writes, _store._process.Name, isShared: !_store.IsExclusive);
            if (fails || !_store.IsReachable())
            {
                _store.OnFault("commit stored, but not told");
                Hear(heardAfter, () => Fail("the connection broke; the rows may be stored"));
                return;
            }

            Hear(heardAfter, () => Succeed(previous, orderings));
        }

        private void Hear(TimeSpan after, Action heard) =>
            Loop.After(after, () => _store._process.Enter(heard));

        private void Fail(string problem) => _outcome.TrySetException(new JournalException(problem));

        private void Succeed(long previous, long[] orderings)
        {
            if (_outcome.Task.IsCompleted)
            {
                return;
            }

            var refused = new List<JournalWrite>();
            for (var i = 0; i < orderings.Length; i++)
            {
                if (orderings[i] == 0)
                {
                    refused.Add(_writes[i]);
                }
                else
                {
                    _writes[i].Entry.Ordering = orderings[i];
                }
            }

            _outcome.TrySetResult(new CommitOutcome(previous, refused));
        }
    }
}
