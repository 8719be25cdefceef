using ActorOrchestrator.Domain;
using ActorOrchestrator.Runtime;
using ActorOrchestrator.Simulator.Log;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Tests.Log;

public sealed class SimulatedLogTests
{
    private readonly SimulationLoop _loop = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly LogStore _store = new();
    private readonly List<string> _heard = [];
    private LogWeather _weather = LogWeather.Fair;
    private int _commits;

    [Fact]
    public void Appends_that_wait_together_are_one_commit_and_answered_in_order()
    {
        var (log, _) = Open(seed: 1);

        Append(log, "a", "b", "c");
        Pass(1);

        Assert.Equal(["a", "b", "c"], Stored);
        Assert.Equal(["a committed", "b committed", "c committed"], _heard);
        Assert.Equal(2, _commits);
    }

    [Fact]
    public void Listeners_hear_of_a_commit_before_its_writer_does()
    {
        var (log, _) = Open(seed: 1);
        log.Subscribe(new Listener(_heard));

        Append(log, "a");
        Pass(1);

        Assert.Equal(["a shown", "a committed"], _heard);
    }

    [Fact]
    public void A_former_owner_is_refused()
    {
        var (log, _) = Open(seed: 1);

        Append(log, "a");
        _store.Acquire(0, "the next");
        Pass(1);

        Assert.Empty(Stored);
        Assert.Equal(["a: FencedException"], _heard);
    }

    [Fact]
    public void After_a_failed_append_all_fail_until_the_shard_is_taken_anew()
    {
        var (log, process) = Open(seed: 1);
        _weather = LogWeather.Fair with { FailChance = 1 };
        Append(log, "a");
        _weather = LogWeather.Fair;
        Append(log, "b");
        Pass(1);
        Assert.Equal(["a: LogException", "b: LogException"], _heard);

        process.Start(async () => await log.AcquireShardAsync(0, "itself", CancellationToken.None));
        Pass(1);
        Append(log, "c");
        Pass(1);

        Assert.Equal(["c"], Stored);
    }

    [Fact]
    public void What_is_under_way_at_a_death_is_stored_or_not_and_never_acknowledged()
    {
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var (log, process) = Open(seed);
            Append(log, $"{seed}");
            process.Kill();
            Pass(10);
        }

        Assert.InRange(Stored.Count(), 60, 140);
        Assert.Empty(_heard);
    }

    [Fact]
    public void What_comes_late_after_a_death_is_refused_once_another_has_the_shard()
    {
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var (log, process) = Open(seed);
            Append(log, $"{seed}");
            process.Kill();
            _store.Acquire(0, "the next");
            Pass(10);
        }

        Assert.Empty(Stored);
    }

    [Fact]
    public void A_log_that_is_away_neither_reads_nor_writes()
    {
        var (log, process) = Open(seed: 1);
        _weather = LogWeather.Fair with { IsAway = true };
        Exception? problem = null;

        Append(log, "a");
        process.Start(async () => problem =
            await Record.ExceptionAsync(() => log.BoundsAsync(CancellationToken.None)));
        Pass(1);

        Assert.IsType<LogException>(problem);
        Assert.Equal(["a: LogException"], _heard);
        Assert.Empty(Stored);
    }

    [Fact]
    public void Compaction_leaves_snapshots_and_what_came_after()
    {
        var (log, process) = Open(seed: 1);
        Append(log, "a", "b", "c");
        Pass(1);
        EntityHistory? history = null;

        process.Start(async () =>
        {
            await log.CompactAsync(
                2, [new StoredSnapshot("a", 1, default(ReadOnlyMemory<byte>))], CancellationToken.None);
            history = await log.ReadEntityAsync("a", CancellationToken.None);
        });
        Pass(1);

        Assert.Equal(["c"], Stored);
        Assert.Equal(new LogBounds(2, 3), _store.Bounds);
        Assert.NotNull(history?.Snapshot);
        Assert.Empty(history.Events);
    }

    private IEnumerable<string> Stored =>
        _store.EventsAfter(_store.CompactedThrough).Select(stored => stored.PersistenceId);

    /// <summary>A process with a way to the log, which owns shard 0.</summary>
    private (SimulatedLog Log, SimulatedProcess Process) Open(ulong seed)
    {
        var process = new SimulatedProcess(_loop, "host", "process", new Dice(seed, "scheduling"), TimeSpan.Zero);
        var log = new SimulatedLog(_store, process, new Dice(seed, "log"), () => _weather)
        {
            OnCommit = () => _commits++,
        };
        _store.Acquire(0, "process");
        return (log, process);
    }

    private void Append(SimulatedLog log, params string[] ids)
    {
        foreach (var id in ids)
        {
            log.Append(new Request(_heard, _store.EpochOf(0), id));
        }
    }

    private void Pass(double seconds) => _loop.RunUntil(_loop.Now + TimeSpan.FromSeconds(seconds));

    private sealed class Request(List<string> heard, long epoch, string id) : AppendRequest(
        0, epoch, [new LogEntry(id, new ObjectDeleted(), "", true, default)])
    {
        public override void Committed() => heard.Add($"{id} committed");

        public override void Failed(LogException reason) => heard.Add($"{id}: {reason.GetType().Name}");
    }

    private sealed class Listener(List<string> heard) : ILogListener
    {
        public void OnSnapshot(string persistenceId, long version, IEntity entity) =>
            throw new NotSupportedException("the log shows commits only");

        public void OnSnapshotsEnd(long compactedThrough) =>
            throw new NotSupportedException("the log shows commits only");

        public void OnCommitted(IReadOnlyList<LogEntry> entries) =>
            heard.AddRange(entries.Select(entry => $"{entry.PersistenceId} shown"));
    }
}
