using System.Data;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Postgres;
using ActorOrchestrator.Domain;
using Npgsql;

namespace ActorOrchestrator.Actors.Tests.Journal;

public sealed class PostgresJournalStoreTests(PostgresServer server) : JournalStoreTests, IClassFixture<PostgresServer>
{
    private string? _connection;

    [Fact]
    public async Task A_reader_that_goes_by_orderings_misses_no_row_of_three_writers()
    {
        const int perWriter = 300;
        var writers = await Task.WhenAll(OpenAsync(), OpenAsync(), OpenAsync());
        var seen = new HashSet<long>();
        var cancellation = TestContext.Current.CancellationToken;
        var reading = Task.Run(async () =>
        {
            var last = 0L;
            while (seen.Count < writers.Length * perWriter)
            {
                foreach (var row in await ListAsync(Store.ReadAfterAsync(last, cancellation)))
                {
                    seen.Add(last = row.Ordering);
                }
            }
        }, cancellation);
        await Task.WhenAll(writers.Select((writer, number) => Task.Run(async () =>
        {
            for (var i = 1; i <= perWriter; i++)
            {
                await writer.CommitAsync([Write($"w{number}", i)]);
            }
        }, cancellation)));
        await reading.WaitAsync(TimeSpan.FromSeconds(30), cancellation);
        Assert.Equal(writers.Length * perWriter, seen.Count);
    }

    [Fact]
    public async Task A_row_without_its_predecessor_is_refused()
    {
        var stray = Write("a", 2);
        Assert.Equal([stray], (await Store.CommitAsync([stray])).Refused);
    }

    [Fact]
    public async Task A_row_that_follows_on_a_former_life_of_its_entity_is_refused_though_the_numbers_fit()
    {
        await Store.CommitAsync([Write("a", 1)]);
        await Store.CommitAsync([Write("a", 2, new ObjectDeleted())]);
        var stray = Write("a", 3);
        await Store.TrimAsync((await Store.BoundsAsync()).Last, [Entries.Id("a")]);
        await Store.CommitAsync([Write("a", 1)]);
        await Store.CommitAsync([Write("a", 2)]);
        Assert.Equal([stray], (await Store.CommitAsync([stray])).Refused);
        Assert.Empty((await Store.CommitAsync([Write("a", 3)])).Refused);
    }

    [Fact]
    public async Task A_first_row_is_refused_where_others_are_left_of_those_that_retention_removed()
    {
        var first = Write("a", 1);
        for (var number = 1; number <= 3; number++)
        {
            await Store.CommitAsync([Write("a", number)]);
        }

        await SaveSnapshotAsync("a", 3);
        await Store.TrimAsync((await Store.BoundsAsync()).Last, []);
        Assert.Single(await Store.ReadEntityAsync(Entries.Id("a"), 1, long.MaxValue));
        Assert.Equal([first], (await Store.CommitAsync([first])).Refused);
    }

    [Fact]
    public async Task A_snapshot_waits_for_the_trim_that_is_removing_its_row()
    {
        var ordering = await FirstRowAsync();
        await using var other = new NpgsqlConnection(_connection);
        await ExecuteAsync(other, "BEGIN");
        await ExecuteAsync(other, "DELETE FROM journal");
        var saving = Store.SaveSnapshotAsync(Entries.Snapshot("a", 1, ordering), ordering);
        await BlockedAsync(saving);
        await ExecuteAsync(other, "COMMIT");
        Assert.False(await saving);
        Assert.Empty(await ListAsync(Store.ReadSnapshotsAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_trim_waits_for_the_snapshot_of_a_row_that_it_removes_and_removes_that_too()
    {
        var ordering = await FirstRowAsync();
        await using var other = new NpgsqlConnection(_connection);
        await ExecuteAsync(other, "BEGIN");
        var snapshot = Entries.Snapshot("a", 1, ordering);
        await ExecuteAsync(
            other, RetentionSql.SaveSnapshot("FOR KEY SHARE"), RetentionSql.Arguments(snapshot, ordering));
        var trimming = Store.TrimAsync(ordering, [Entries.Id("a")]);
        await BlockedAsync(trimming);
        await ExecuteAsync(other, "COMMIT");
        Assert.Equal(1, await trimming);
        Assert.Empty(await ListAsync(Store.ReadSnapshotsAsync(TestContext.Current.CancellationToken)));
    }

    private async Task<long> FirstRowAsync()
    {
        await Store.CommitAsync([Write("a", 1)]);
        return (await Store.BoundsAsync()).Last;
    }

    private static async Task<object?> ExecuteAsync(
        NpgsqlConnection connection, string sql, params object[] arguments)
    {
        if (connection.State != ConnectionState.Open)
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
        }

        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var argument in arguments)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = argument });
        }

        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Returns when the database has somebody wait for a lock, or the work is done without.</summary>
    private async Task BlockedAsync(Task work)
    {
        await using var look = new NpgsqlConnection(_connection);
        while (!work.IsCompleted && await ExecuteAsync(
            look, "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'") is 0L)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Where the member stops: after so many bytes of a large row, or (null) right before the word that ends
    /// what it asked.</summary>
    [Theory]
    [InlineData(20_000)]
    [InlineData(400_000)]
    [InlineData(null)]
    public async Task A_member_that_freezes_in_the_middle_of_a_commit_keeps_no_other_one_waiting(int? bytes)
    {
        await using var wire = new StallingWire(server.Directory);
        using var member = new PostgresJournalStore(
            new NpgsqlConnectionStringBuilder(_connection) { Host = wire.Directory }.ConnectionString);
        await member.CommitAsync([Large("a", 1)]);
        if (bytes is { } many)
        {
            wire.StallAfter(many);
        }
        else
        {
            wire.StallBeforeLastWord();
        }

        _ = member.CommitAsync([Large("a", 2)]);
        await wire.Stalled.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var outcome = await Store.CommitAsync([Write("b", 1)])
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Empty(outcome.Refused);
    }

    [Fact]
    public async Task A_commit_that_waits_too_long_for_others_says_so()
    {
        await using var connection = new NpgsqlConnection(_connection);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var lasting = new NpgsqlCommand("SELECT pg_advisory_lock(7301001)", connection);
        await lasting.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var failure = await Assert.ThrowsAsync<JournalException>(() => Store.CommitAsync([Write("a", 1)]));
        Assert.Contains("commits of other members", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("repeatable read")]
    [InlineData("serializable")]
    public async Task Each_commit_knows_the_one_before_it_whatever_isolation_the_database_has(string isolation)
    {
        await AlterAsync($"default_transaction_isolation = '{isolation}'");
        var writers = await Task.WhenAll(OpenAsync(), OpenAsync(), OpenAsync());
        var commits = await Task.WhenAll(writers.Select((writer, number) => Task.Run(async () =>
        {
            var mine = new List<(long Previous, long Ordering)>();
            for (var i = 1; i <= 50; i++)
            {
                var write = Write($"w{number}", i);
                mine.Add(((await writer.CommitAsync([write])).Previous, write.Entry.Ordering));
            }

            return mine;
        })));
        var all = commits.SelectMany(mine => mine).OrderBy(commit => commit.Ordering).ToList();
        Assert.Equal(all.SkipLast(1).Select(commit => commit.Ordering), all.Skip(1).Select(commit => commit.Previous));
    }

    [Fact]
    public async Task What_was_committed_is_flushed_where_the_database_would_not_wait_for_it()
    {
        await AlterAsync("synchronous_commit = off");
        using var store = (PostgresJournalStore)await OpenAsync();
        await using var connection = new NpgsqlConnection(_connection);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var look = new NpgsqlCommand(
            "SELECT pg_current_wal_insert_lsn() <= pg_current_wal_flush_lsn()", connection);
        var flushed = 0;
        for (var i = 1; i <= 20; i++)
        {
            await store.CommitAsync([Large("a", i)]);
            flushed += await look.ExecuteScalarAsync(TestContext.Current.CancellationToken) is true ? 1 : 0;
        }

        // What the server writes for itself in between may be on its way now and then.
        Assert.InRange(flushed, 15, 20);
    }

    private JournalWrite Large(string name, long sequenceNr) =>
        Write(name, sequenceNr, text: new string('x', 800_000));

    /// <summary>A default of the database's, for the sessions that come.</summary>
    private async Task AlterAsync(string setting)
    {
        await using var connection = new NpgsqlConnection(_connection);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"ALTER DATABASE {connection.Database} SET {setting}", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private protected override async Task<IJournalStore> OpenAsync()
    {
        _connection ??= await server.NewDatabaseAsync();
        await PluginTables.MakeAsync("PostgreSQL.15", _connection);
        var store = new PostgresJournalStore(_connection);
        await store.PrepareAsync();
        return store;
    }
}
