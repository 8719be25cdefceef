using System.Data.Common;
using System.Runtime.CompilerServices;
using Npgsql;

namespace ActorOrchestrator.Actors.Journal.Postgres;

/// <summary>
/// The journal that several members share. A commit is one round trip (<see cref="PostgresCommit"/>): a lock, the last
/// ordering before it, and all rows. Under the lock orderings are handed out in the order of commits, so a reader that
/// goes by them misses nothing; sequences leave holes where rows were refused, which nobody fills later.
/// </summary>
public sealed class PostgresJournalStore : IJournalStore, IDisposable
{
    private const string RowColumns = "ordering, persistence_id, sequence_number, manifest, message";
    private const string SnapshotColumns = "persistence_id, sequence_number, created, manifest, snapshot";

    private const string ManyEntities = "= ANY($2)";

    /// <summary>A trim waits until the snapshot is there, or this until the row is gone.</summary>
    private static readonly string SaveSnapshot = RetentionSql.SaveSnapshot("FOR KEY SHARE");

    private static readonly string RemoveGoneRows =
        $"WITH gone AS ({RetentionSql.RemoveGoneRows(ManyEntities)} RETURNING persistence_id) "
        + "SELECT array(SELECT persistence_id FROM gone)";

    /// <summary>cannot_connect_now: the database recovers.</summary>
    private const string StartingUp = "57P03";

    private static readonly TimeSpan ReachPause = TimeSpan.FromSeconds(1);

    private readonly PostgresSource _source;

    /// <exception cref="JournalException">It is no connection string.</exception>
    public PostgresJournalStore(string connectionString)
    {
        try
        {
            _source = new PostgresSource(connectionString, own =>
                (own.Timeout, own.CommandTimeout, own.MaxPoolSize) = (5, 15, 16));
        }
        catch (ArgumentException wrong)
        {
            throw new JournalException("journal.connection says nothing that PostgreSQL's driver knows: "
                + $"{wrong.Message} (such as postgresql://orchestrator:PASSWORD@10.0.0.9/orchestrator)", wrong);
        }
    }

    /// <summary>Waits until the database takes connections: it may be started at the same time.</summary>
    /// <param name="within">How long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onWait">Hears once why it is waited for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="JournalException">It could not be reached in time, or refuses.</exception>
    public async Task ReachAsync(
        TimeSpan within, TimeProvider time, Action<string> onWait, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var isTold = false;
        while (true)
        {
            try
            {
                await using var connection = await _source.OpenAsync(cancellation);
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException)
            {
                var explained = _source.Explain(failure);
                if (failure is PostgresException { SqlState: not StartingUp }
                    || PostgresFailures.LacksPassword(failure) || time.GetElapsedTime(began) > within)
                {
                    throw explained;
                }

                if (!isTold)
                {
                    onWait(explained.Message);
                    isTold = true;
                }
            }

            await Task.Delay(ReachPause, time, cancellation);
        }
    }

    public bool IsExclusive => false;

    /// <summary>Whether a member has prepared these tables before.</summary>
    public Task<bool> IsPreparedAsync() => _source.GuardAsync(async () =>
    {
        await using var command = _source.Command(
            "SELECT to_regclass('watch_floor') IS NOT NULL AND to_regclass('journal') IS NOT NULL "
            + "AND to_regclass('snapshot') IS NOT NULL");
        return (bool)(await command.ExecuteScalarAsync())!;
    });

    /// <summary>Adds what the plugin's tables lack: a Kubernetes name with its namespace is longer than its
    /// persistence_id. A column that is long enough is let alone, for changing it would stop all other
    /// members.</summary>
    public Task PrepareAsync() => _source.GuardAsync(async () =>
    {
        await using var command = _source.Command(
            $"""
            SELECT pg_advisory_xact_lock({PostgresCommit.Lock});
            DO $$ BEGIN
                IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = current_schema()
                    AND table_name IN ('journal', 'snapshot') AND column_name = 'persistence_id'
                    AND data_type <> 'text') THEN
                    ALTER TABLE journal ALTER COLUMN persistence_id TYPE text;
                    ALTER TABLE snapshot ALTER COLUMN persistence_id TYPE text;
                END IF;
            END $$;
            CREATE TABLE IF NOT EXISTS watch_floor (ordering bigint NOT NULL);
            {PostgresLease.Table};
            {PostgresCommit.Procedure};
            """);
        await command.ExecuteNonQueryAsync();
        return true;
    });

    public Task<CommitOutcome> CommitAsync(IReadOnlyList<JournalWrite> writes) => _source.GuardAsync(async () =>
    {
        await using var call = PostgresCommit.Of(writes, _source);
        await using var answer = await call.ExecuteReaderAsync();
        return await PostgresCommit.OutcomeAsync(writes, answer);
    });

    public Task<long> HighestSequenceNrAsync(string persistenceId) => _source.GuardAsync(async () =>
    {
        await using var command = _source.Command(
            "SELECT coalesce(max(sequence_number), 0) FROM journal WHERE persistence_id = $1", persistenceId);
        return (long)(await command.ExecuteScalarAsync())!;
    });

    public Task<IReadOnlyList<JournalRow>> ReadEntityAsync(
        string persistenceId, long fromSequenceNr, long toSequenceNr) => ListAsync(
        $"SELECT {RowColumns} FROM journal WHERE persistence_id = $1 AND sequence_number BETWEEN $2 AND $3 "
        + "ORDER BY sequence_number", ToRow, persistenceId, fromSequenceNr, toSequenceNr);

    public IAsyncEnumerable<JournalRow> ReadAfterAsync(long ordering, CancellationToken cancellation) =>
        RowsAsync(
            $"SELECT {RowColumns} FROM journal WHERE ordering > $1 ORDER BY ordering", ToRow, cancellation, ordering);

    public IAsyncEnumerable<SnapshotRow> ReadSnapshotsAsync(CancellationToken cancellation) => RowsAsync(
        $"SELECT {SnapshotColumns} FROM snapshot ORDER BY persistence_id, sequence_number", ToSnapshot, cancellation);

    public async Task<SnapshotRow?> LoadSnapshotAsync(string persistenceId, long toSequenceNr) => (await ListAsync(
        $"SELECT {SnapshotColumns} FROM snapshot WHERE persistence_id = $1 AND sequence_number <= $2 "
        + "ORDER BY sequence_number DESC LIMIT 1", ToSnapshot, persistenceId, toSequenceNr)) is [var newest]
            ? newest
            : null;

    public Task<bool> SaveSnapshotAsync(SnapshotRow snapshot, long ordering) => _source.GuardAsync(async () =>
    {
        await using var command = _source.Command(SaveSnapshot, RetentionSql.Arguments(snapshot, ordering));
        return await command.ExecuteNonQueryAsync() > 0;
    });

    public Task<JournalBounds> BoundsAsync() => _source.GuardAsync(async () =>
    {
        await using var command = _source.Command(
            "SELECT (SELECT coalesce(max(ordering), 0) FROM watch_floor), "
            + "greatest((SELECT coalesce(max(ordering), 0) FROM journal), "
            + "(SELECT coalesce(max(ordering), 0) FROM watch_floor))");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new JournalBounds(reader.GetInt64(0), reader.GetInt64(1));
    });

    public Task BeginAfterAsync(long ordering) => _source.GuardAsync(async () =>
    {
        await using var connection = await _source.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync(transaction, $"SELECT pg_advisory_xact_lock({PostgresCommit.Lock})");
        await ExecuteAsync(
            transaction,
            "SELECT setval(sequence, greatest($1, nextval(sequence))) "
                + "FROM (SELECT pg_get_serial_sequence('journal', 'ordering')::regclass AS sequence) of",
            ordering);
        await ExecuteAsync(transaction, RetentionSql.LowerFloors, ordering);
        await ExecuteAsync(transaction, RetentionSql.Floor, ordering);
        await transaction.CommitAsync();
        return true;
    });

    public async Task<long> TrimAsync(long floor, IReadOnlyCollection<string> gone)
    {
        string[] goneOnes = [.. gone];
        var (reached, removed) = ((await BoundsAsync()).Floor, 0L);
        while (reached < floor)
        {
            (reached, var rows) = await _source.GuardAsync(() => TrimStepAsync(reached, floor, goneOnes));
            removed += rows;
        }

        return removed;
    }

    public void Dispose() => _source.Dispose();

    /// <summary>One that goes over few rows: whatever has gathered, no statement takes longer than a command may.
    /// </summary>
    /// <returns>The floor that was reached, and how many rows were removed.</returns>
    private async Task<(long Reached, long Rows)> TrimStepAsync(long from, long floor, string[] gone)
    {
        await using var connection = await _source.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var to = await ScalarAsync(transaction, RetentionSql.NextFloor, floor, from) as long? ?? floor;
        var passed = (string[])(await ScalarAsync(
            transaction, $"SELECT array({RetentionSql.EntitiesPassed})", to, from))!;
        var goneOnes = passed.Intersect(gone, StringComparer.Ordinal).ToArray();
        var rows = (string[])(await ScalarAsync(transaction, RemoveGoneRows, to, goneOnes))!;
        var removed = (long)rows.Length;
        await ExecuteAsync(transaction, RetentionSql.RemoveGoneSnapshots(ManyEntities), to, rows);
        await ExecuteAsync(transaction, RetentionSql.RemoveOldSnapshots(ManyEntities), to, passed);
        removed += await ExecuteAsync(transaction, RetentionSql.RemoveCoveredRows(ManyEntities), to, passed);
        await ExecuteAsync(transaction, RetentionSql.LowerFloors, to);
        await ExecuteAsync(transaction, RetentionSql.Floor, to);
        await transaction.CommitAsync();
        return (to, removed);
    }

    private static NpgsqlCommand InTransaction(NpgsqlTransaction transaction, string sql, object[] arguments) =>
        PostgresSource.Filled(new NpgsqlCommand(sql, transaction.Connection, transaction), arguments);

    private static async Task<object?> ScalarAsync(
        NpgsqlTransaction transaction, string sql, params object[] arguments)
    {
        await using var command = InTransaction(transaction, sql, arguments);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<long> ExecuteAsync(NpgsqlTransaction transaction, string sql, params object[] arguments)
    {
        await using var command = InTransaction(transaction, sql, arguments);
        return await command.ExecuteNonQueryAsync();
    }

    private static JournalRow ToRow(DbDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3),
        reader.GetFieldValue<byte[]>(4));

    private static SnapshotRow ToSnapshot(DbDataReader reader) => new(
        reader.GetString(0), reader.GetInt64(1), new DateTime(reader.GetInt64(2), DateTimeKind.Utc),
        reader.GetString(3), reader.GetFieldValue<byte[]>(4));

    private Task<IReadOnlyList<T>> ListAsync<T>(string sql, Func<DbDataReader, T> map, params object[] arguments) =>
        _source.GuardAsync<IReadOnlyList<T>>(async () =>
        {
            var rows = new List<T>();
            await using var command = _source.Command(sql, arguments);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                rows.Add(map(reader));
            }

            return rows;
        });

    private async IAsyncEnumerable<T> RowsAsync<T>(
        string sql, Func<DbDataReader, T> map, [EnumeratorCancellation] CancellationToken cancellation,
        params object[] arguments)
    {
        await using var command = _source.Command(sql, arguments);
        await using var reader = await _source.GuardAsync(() => command.ExecuteReaderAsync(cancellation));
        while (await _source.GuardAsync(() => reader.ReadAsync(cancellation)))
        {
            yield return map(reader);
        }
    }
}
