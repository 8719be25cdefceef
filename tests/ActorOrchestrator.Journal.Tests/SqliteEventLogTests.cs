using ActorOrchestrator.Journal.Sqlite;
using ActorOrchestrator.Runtime;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Journal.Tests;

public sealed class SqliteEventLogTests : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("journal-tests-").FullName;
    private SqliteEventLog? _log;

    private string File_ => Path.Combine(_directory, "log.db");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sequences_are_given_in_commit_order_without_gaps_and_survive_a_reopening()
    {
        var log = await OpenAsync();
        var epoch = await log.AcquireShardAsync(0, "m", Stop);
        var appends =
            Enumerable.Range(0, 200).Select(i => new Request(0, epoch, [Entry($"e{i}"), Entry($"e{i}")])).ToList();
        appends.ForEach(log.Append);
        await Task.WhenAll(appends.Select(append => append.Outcome));
        log = await OpenAsync();
        var stored = await log.ReadEventsAsync(0, Stop).ToListAsync(Stop);
        Assert.Equal(Enumerable.Range(1, 400).Select(i => (long)i), stored.Select(@event => @event.Sequence));
        Assert.Equal(new LogBounds(0, 400), await log.BoundsAsync(Stop));
    }

    [Fact]
    public async Task Listeners_hear_every_commit_in_order_before_the_writer_does()
    {
        var log = await OpenAsync();
        var heard = new Listener();
        log.Subscribe(heard);
        var epoch = await log.AcquireShardAsync(0, "m", Stop);
        var append = new Request(0, epoch, [Entry("a")]) { OnCommitted = () => heard.Sequences.Count };
        log.Append(append);
        Assert.Equal(1, await append.Outcome);
    }

    [Fact]
    public async Task An_append_under_an_older_epoch_is_fenced_and_others_in_the_same_commit_are_not()
    {
        var log = await OpenAsync();
        var old = await log.AcquireShardAsync(0, "m1", Stop);
        var newest = await log.AcquireShardAsync(0, "m2", Stop);
        var fenced = new Request(0, old, [Entry("a")]);
        var fine = new Request(0, newest, [Entry("b")]);
        log.Append(fenced);
        log.Append(fine);
        await Assert.ThrowsAsync<FencedException>(() => fenced.Outcome);
        await fine.Outcome;
        Assert.Equal(["b"], (await log.ReadEventsAsync(0, Stop).ToListAsync(Stop))
            .Select(stored => stored.PersistenceId));
    }

    [Fact]
    public async Task Another_process_that_takes_a_shard_fences_this_one()
    {
        var log = await OpenAsync();
        var epoch = await log.AcquireShardAsync(0, "m1", Stop);
        await using (var other = SqliteEventLog.Open(File_, NullLogger<SqliteEventLog>.Instance))
        {
            await other.AcquireShardAsync(0, "m2", Stop);
        }

        var append = new Request(0, epoch, [Entry("a")]);
        log.Append(append);
        await Assert.ThrowsAsync<FencedException>(() => append.Outcome);
    }

    [Fact]
    public async Task After_a_failed_append_the_epoch_writes_nothing_more_until_the_shard_is_taken_again()
    {
        var log = await OpenAsync();
        var epoch = await log.AcquireShardAsync(0, "m", Stop);
        using (var blocker =
            Blocker("CREATE TRIGGER refuse BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'disk'); END"))
        {
            var failing = new Request(0, epoch, [Entry("a")]);
            log.Append(failing);
            await Assert.ThrowsAsync<LogException>(() => failing.Outcome);
        }

        using (Blocker("DROP TRIGGER refuse"))
        {
            var behind = new Request(0, epoch, [Entry("b")]);
            log.Append(behind);
            await Assert.ThrowsAsync<LogException>(() => behind.Outcome);
        }

        var again = new Request(0, await log.AcquireShardAsync(0, "m", Stop), [Entry("c")]);
        log.Append(again);
        await again.Outcome;
        var stored = Assert.Single(await log.ReadEventsAsync(0, Stop).ToListAsync(Stop));
        Assert.Equal((1L, "c"), (stored.Sequence, stored.PersistenceId));
    }

    [Fact]
    public async Task Compaction_swaps_events_for_snapshots_and_sequences_go_on()
    {
        var log = await OpenAsync();
        var epoch = await log.AcquireShardAsync(0, "m", Stop);
        var append = new Request(0, epoch, [Entry("a"), Entry("b"), Entry("a")]);
        log.Append(append);
        await append.Outcome;
        await log.CompactAsync(2, [new StoredSnapshot("a", 1, new byte[] { 1 }), new StoredSnapshot("b", 2, null)],
            Stop);
        Assert.Equal(new LogBounds(2, 3), await log.BoundsAsync(Stop));
        Assert.Equal("a", Assert.Single(await log.ReadSnapshotsAsync(Stop).ToListAsync(Stop)).PersistenceId);
        var history = await log.ReadEntityAsync("a", Stop);
        Assert.Equal((1L, 3L), (history.Snapshot!.Version, Assert.Single(history.Events).Sequence));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_with_what_to_do_and_left_alone()
    {
        await File.WriteAllTextAsync(File_, new string('x', 8192), Stop);
        var failure =
            Assert.Throws<LogException>(() => SqliteEventLog.Open(File_, NullLogger<SqliteEventLog>.Instance));
        Assert.Contains("is damaged", failure.Message, StringComparison.Ordinal);
        Assert.Equal(8192, new FileInfo(File_).Length);
    }

    [Fact]
    public async Task A_log_of_a_newer_release_is_refused()
    {
        await OpenAsync();
        using (Blocker("PRAGMA user_version = 99"))
        {
        }

        var failure =
            Assert.Throws<LogException>(() => SqliteEventLog.Open(File_, NullLogger<SqliteEventLog>.Instance));
        Assert.Contains("schema version 99", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_append_to_a_closed_log_fails_at_once()
    {
        var log = await OpenAsync();
        var epoch = await log.AcquireShardAsync(0, "m", Stop);
        await log.DisposeAsync();
        _log = null;
        var append = new Request(0, epoch, [Entry("a")]);
        log.Append(append);
        await Assert.ThrowsAsync<LogException>(() => append.Outcome);
    }

    public async ValueTask DisposeAsync()
    {
        if (_log is not null)
        {
            await _log.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private async Task<SqliteEventLog> OpenAsync()
    {
        if (_log is not null)
        {
            await _log.DisposeAsync();
        }

        return _log = SqliteEventLog.Open(File_, NullLogger<SqliteEventLog>.Instance);
    }

    /// <summary>Changes the file from outside.</summary>
    private SqliteConnection Blocker(string sql)
    {
        var connection = new SqliteConnection($"Data Source={File_};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
        return connection;
    }

    private static LogEntry Entry(string id) => new(id, "event", "text.v1", isVersioned: true, new byte[] { 1, 2 });

    private sealed class Request(int shard, long epoch, IReadOnlyList<LogEntry> entries)
        : AppendRequest(shard, epoch, entries)
    {
        private readonly TaskCompletionSource<int> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Func<int> OnCommitted { get; init; } = () => 0;

        public Task<int> Outcome => _outcome.Task.WaitAsync(TimeSpan.FromSeconds(20));

        public override void Committed() => _outcome.SetResult(OnCommitted());

        public override void Failed(LogException reason) => _outcome.SetException(reason);
    }

    private sealed class Listener : ILogListener
    {
        public List<long> Sequences { get; } = [];

        public void OnSnapshot(string persistenceId, long version, IEntity entity)
        {
        }

        public void OnSnapshotsEnd(long compactedThrough)
        {
        }

        public void OnCommitted(IReadOnlyList<LogEntry> entries) =>
            Sequences.AddRange(entries.Select(entry => entry.Sequence));
    }
}
