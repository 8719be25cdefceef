using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Log;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Tests.Journal;

public sealed class SimulatedJournalStoreTests
{
    private readonly SimulationLoop _loop = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly JournalTables _tables = new();
    private readonly List<string> _heard = [];
    private LogWeather _weather = LogWeather.Fair;
    private bool _isReachable = true;

    [Fact]
    public void What_is_committed_together_is_stored_in_order_and_answered_once()
    {
        var (store, process) = Open(seed: 1);
        Commit(store, process, ("a", 1), ("b", 1), ("c", 1));
        Pass(1);
        Assert.Equal(["a 1", "b 1", "c 1"], Stored);
        Assert.Equal(["a=1 b=2 c=3 after 0"], _heard);
    }

    [Fact]
    public void A_row_that_is_taken_is_refused_alone()
    {
        var (store, process) = Open(seed: 1);
        Commit(store, process, ("a", 1));
        Pass(1);
        Commit(store, process, ("a", 1), ("b", 1));
        Pass(1);
        Assert.Equal(["a 1", "b 1"], Stored);
        Assert.Equal(["a=1 after 0", "a refused b=2 after 1"], _heard);
    }

    [Fact]
    public void A_database_refuses_a_row_without_its_predecessor()
    {
        var (store, process) = Open(seed: 1, isExclusive: false);
        Commit(store, process, ("a", 2));
        Pass(1);
        Assert.Empty(Stored);
        Assert.Equal(["a refused after 0"], _heard);
    }

    [Fact]
    public void A_commit_that_fails_stores_nothing_in_a_file()
    {
        var (store, process) = Open(seed: 1);
        _weather = LogWeather.Fair with { FailChance = 1 };
        Commit(store, process, ("a", 1));
        Pass(1);
        Assert.Empty(Stored);
        Assert.Equal(["failed"], _heard);
    }

    [Fact]
    public void A_commit_that_fails_may_be_stored_in_a_database()
    {
        _weather = LogWeather.Fair with { FailChance = 1 };
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var (store, process) = Open(seed, isExclusive: false);
            Commit(store, process, ($"{seed}", 1));
            Pass(1);
        }

        Assert.InRange(Stored.Count(), 60, 140);
        Assert.Equal(200, _heard.Count(told => told == "failed"));
    }

    [Fact]
    public void What_is_under_way_at_a_death_is_stored_or_not_and_never_acknowledged()
    {
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var (store, process) = Open(seed);
            Commit(store, process, ($"{seed}", 1));
            process.Kill();
            Pass(10);
        }

        Assert.InRange(Stored.Count(), 60, 140);
        Assert.Empty(_heard);
    }

    [Fact]
    public void Nothing_comes_late_into_a_file_that_another_process_has_open()
    {
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var (store, process) = Open(seed);
            Commit(store, process, ($"{seed}", 1));
            process.Kill();
            Open(seed);
            Pass(10);
        }

        Assert.Empty(Stored);
    }

    [Fact]
    public void Who_cannot_reach_the_database_hears_so_in_the_end()
    {
        var (store, process) = Open(seed: 1, isExclusive: false);
        _isReachable = false;
        Commit(store, process, ("a", 1));
        Pass(10);
        Assert.Empty(_heard);
        Pass(10);
        Assert.Equal(["failed"], _heard);
        Assert.Empty(Stored);
    }

    [Fact]
    public void A_journal_that_is_away_does_not_read()
    {
        var (store, process) = Open(seed: 1);
        _weather = LogWeather.Fair with { IsAway = true };
        Exception? problem = null;
        process.Start(async () => problem = await Record.ExceptionAsync(store.BoundsAsync));
        Pass(1);
        Assert.IsType<JournalException>(problem);
    }

    [Fact]
    public void Retention_keeps_what_stands_on_the_floor()
    {
        // rows 1 2 3 4 | 5 6, snapshots at 2 and 5: row 3 and later stay, and so do both snapshots.
        var (store, process) = Open(seed: 1);
        for (var number = 1; number <= 6; number++)
        {
            Commit(store, process, ("a", number));
            Pass(1);
        }

        _tables.Save(Snapshot(2));
        _tables.Save(Snapshot(5));
        Assert.Equal(2, _tables.Trim(4, []));
        Assert.Equal(["a 3", "a 4", "a 5", "a 6"], Stored);
        Assert.Equal([2, 5], _tables.Snapshots.Select(snapshot => snapshot.SequenceNr));
        Assert.Equal(new JournalBounds(4, 6), _tables.Bounds);
    }

    [Fact]
    public void Retention_removes_what_is_gone_unless_it_is_there_again()
    {
        var (store, process) = Open(seed: 1);
        Commit(store, process, ("a", 1), ("b", 1));
        Pass(1);
        Commit(store, process, ("b", 2));
        Pass(1);
        _tables.Trim(2, ["a", "b"]);
        Assert.Equal(["b 1", "b 2"], Stored);
    }

    private IEnumerable<string> Stored =>
        _tables.Rows.Select(stored => $"{stored.Row.PersistenceId} {stored.Row.SequenceNr}");

    private (SimulatedJournalStore Store, SimulatedProcess Process) Open(ulong seed, bool isExclusive = true)
    {
        var process = new SimulatedProcess(_loop, "host", "process", new Dice(seed, "scheduling"), TimeSpan.Zero);
        var store = new SimulatedJournalStore(_tables, process, new Dice(seed, "log"), () => _weather)
        {
            IsExclusive = isExclusive, IsReachable = () => _isReachable,
        };
        return (store, process);
    }

    private void Commit(
        SimulatedJournalStore store, SimulatedProcess process, params (string Id, long Number)[] rows) =>
        process.Enter(async () =>
        {
            var writes = rows.Select(row => new JournalWrite(row.Id, row.Number, Entry(), "writer", 0)).ToList();
            try
            {
                var outcome = await store.CommitAsync(writes);
                _heard.Add(string.Join(' ', writes.Select(write => outcome.Refused.Contains(write)
                    ? $"{write.PersistenceId} refused"
                    : $"{write.PersistenceId}={write.Entry.Ordering}")) + $" after {outcome.Previous}");
            }
            catch (JournalException)
            {
                _heard.Add("failed");
            }
        });

    private static JournalEntry Entry()
    {
        IReadOnlyList<DomainEvent> events = [new ObjectReplaced(new ConfigMap())];
        return new JournalEntry("configmaps", events, EntryFormat.Encode("configmaps", events));
    }

    private static SnapshotRow Snapshot(long sequenceNr) =>
        new("a", sequenceNr, DateTime.UnixEpoch, "configmaps:snapshot.v1", default);

    private void Pass(double seconds) => _loop.RunUntil(_loop.Now + TimeSpan.FromSeconds(seconds));
}
