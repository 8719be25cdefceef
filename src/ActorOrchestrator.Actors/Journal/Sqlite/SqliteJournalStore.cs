using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace ActorOrchestrator.Actors.Journal.Sqlite;

/// <summary>
/// The embedded journal: one SQLite file in WAL mode with <c>synchronous=FULL</c>, so that a committed transaction
/// survives power loss. The writer's thread owns the writing connection; reads use connections of their own and never
/// wait for it.
/// </summary>
public sealed partial class SqliteJournalStore : IJournalStore, IDisposable
{
    private readonly string _path;
    private readonly string _connectionString;
    private readonly SqliteConnection _connection;
    private readonly Lock _writing = new();
    private readonly Lock _reading = new();
    private SqliteConnection? _reader;
    private SqliteInsert? _insert;
    private long _last;

    private SqliteJournalStore(string path, SqliteConnection connection) =>
        (_path, _connection, _connectionString) = (path, connection, connection.ConnectionString);

    public bool IsExclusive => true;

    public static string ConnectionString(string path) =>
        new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString();

    /// <summary>Opens or creates the file; the plugin makes the tables, and <see cref="PrepareAsync"/> follows
    /// that.</summary>
    /// <exception cref="JournalException">The file is damaged, not writable, or in use.</exception>
    public static SqliteJournalStore Open(string path)
    {
        var connection = new SqliteConnection(ConnectionString(path));
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA busy_timeout = 5000");
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, "PRAGMA synchronous = FULL");
            return new SqliteJournalStore(path, connection);
        }
        catch (SqliteException failure)
        {
            connection.Dispose();
            throw SqliteFailures.Explain(failure, path);
        }
    }

    /// <summary>Whether an earlier start prepared the tables. Then the plugin is not to make them: it would build the
    /// indexes again that <see cref="PrepareAsync"/> removes.</summary>
    public bool IsPrepared => Guard(() =>
        Scalar(_connection, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'watch_floor'") is not null);

    /// <summary>Adds what the plugin's tables lack, and removes four of their indexes that nothing asks and every
    /// insert would pay for.</summary>
    public Task PrepareAsync() => Task.FromResult(Guard(() =>
    {
        Execute(_connection, "DROP INDEX IF EXISTS journal_created_idx");
        Execute(_connection, "DROP INDEX IF EXISTS journal_sequence_number_idx");
        Execute(_connection, "DROP INDEX IF EXISTS snapshot_created_idx");
        Execute(_connection, "DROP INDEX IF EXISTS snapshot_sequence_number_idx");
        Execute(_connection, "CREATE TABLE IF NOT EXISTS watch_floor (ordering INTEGER NOT NULL)");
        _last = Last(_connection);
        _insert = new SqliteInsert(_connection);
        return true;
    }));

    public Task<CommitOutcome> CommitAsync(IReadOnlyList<JournalWrite> writes)
    {
        lock (_writing)
        {
            return Task.FromResult(Guard(() => Commit(writes)));
        }
    }

    public Task<long> HighestSequenceNrAsync(string persistenceId) => Task.FromResult(Read(connection => (long)Scalar(
        connection, "SELECT coalesce(max(sequence_number), 0) FROM journal WHERE persistence_id = $1",
        persistenceId)!));

    public Task<IReadOnlyList<JournalRow>> ReadEntityAsync(
        string persistenceId, long fromSequenceNr, long toSequenceNr) => Task.FromResult(
        Read<IReadOnlyList<JournalRow>>(connection => [.. Query(
            connection,
            "SELECT ordering, persistence_id, sequence_number, manifest, message FROM journal "
            + "WHERE persistence_id = $1 AND sequence_number BETWEEN $2 AND $3 ORDER BY sequence_number",
            [persistenceId, fromSequenceNr, toSequenceNr], ToRow)]));

    public IAsyncEnumerable<JournalRow> ReadAfterAsync(long ordering, CancellationToken cancellation) => Rows(
        "SELECT ordering, persistence_id, sequence_number, manifest, message FROM journal WHERE ordering > $1 "
        + "ORDER BY ordering", [ordering], ToRow, cancellation);

    public IAsyncEnumerable<SnapshotRow> ReadSnapshotsAsync(CancellationToken cancellation) => Rows(
        "SELECT persistence_id, sequence_number, created, manifest, snapshot FROM snapshot "
        + "ORDER BY persistence_id, sequence_number", [], ToSnapshot, cancellation);

    public Task<SnapshotRow?> LoadSnapshotAsync(string persistenceId, long toSequenceNr) => Task.FromResult(
        Read(connection => Query(
            connection,
            "SELECT persistence_id, sequence_number, created, manifest, snapshot FROM snapshot "
            + "WHERE persistence_id = $1 AND sequence_number <= $2 ORDER BY sequence_number DESC LIMIT 1",
            [persistenceId, toSequenceNr], ToSnapshot).FirstOrDefault()));

    public Task<bool> SaveSnapshotAsync(SnapshotRow snapshot, long ordering)
    {
        lock (_writing)
        {
            return Task.FromResult(Guard(() =>
            {
                using var command = Command(_connection, SaveSnapshot, RetentionSql.Arguments(snapshot, ordering));
                return command.ExecuteNonQuery() > 0;
            }));
        }
    }

    public Task<JournalBounds> BoundsAsync() => Task.FromResult(Read(connection => new JournalBounds(
        (long)Scalar(connection, "SELECT coalesce(max(ordering), 0) FROM watch_floor")!, Last(connection))));

    public void Dispose()
    {
        _insert?.Dispose();
        _connection.Dispose();
        _reader?.Dispose();
    }

    private CommitOutcome Commit(IReadOnlyList<JournalWrite> writes)
    {
        var previous = _last;
        List<JournalWrite>? refused = null;
        using var transaction = _connection.BeginTransaction(deferred: false);
        foreach (var write in writes)
        {
            if (!_insert!.TryRun(write))
            {
                (refused ??= []).Add(write);
            }
        }

        transaction.Commit();
        _last = Math.Max(_last, SQLitePCL.raw.sqlite3_last_insert_rowid(_connection.Handle));
        return new CommitOutcome(previous, refused ?? (IReadOnlyList<JournalWrite>)[]);
    }

    private static JournalRow ToRow(SqliteDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3),
        reader.GetFieldValue<byte[]>(4));

    private static SnapshotRow ToSnapshot(SqliteDataReader reader) => new(
        reader.GetString(0), reader.GetInt64(1), new DateTime(reader.GetInt64(2), DateTimeKind.Utc),
        reader.GetString(3), reader.GetFieldValue<byte[]>(4));

    internal static long Last(SqliteConnection connection) =>
        (long)Scalar(connection, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'journal'")!;

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException failure)
        {
            throw SqliteFailures.Explain(failure, _path);
        }
    }

    /// <summary>Short reads share one connection.</summary>
    private T Read<T>(Func<SqliteConnection, T> read)
    {
        lock (_reading)
        {
            return Guard(() => read(_reader ??= OpenReader()));
        }
    }

    private SqliteConnection OpenReader()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        Execute(connection, "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON");
        return connection;
    }

    private async IAsyncEnumerable<T> Rows<T>(
        string sql, object[] arguments, Func<SqliteDataReader, T> map,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = Guard(OpenReader);
        using var rows = Query(connection, sql, arguments, map).GetEnumerator();
        while (Guard(rows.MoveNext))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return rows.Current;
        }
    }

    private static IEnumerable<T> Query<T>(
        SqliteConnection connection, string sql, object[] arguments, Func<SqliteDataReader, T> map)
    {
        using var command = Command(connection, sql, arguments);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return map(reader);
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = Command(connection, sql);
        command.ExecuteNonQuery();
    }

    private static int Execute(
        SqliteConnection connection, SqliteTransaction transaction, string sql, params object[] arguments)
    {
        using var command = Command(connection, sql, arguments);
        command.Transaction = transaction;
        return command.ExecuteNonQuery();
    }

    internal static object? Scalar(SqliteConnection connection, string sql, params object[] arguments)
    {
        using var command = Command(connection, sql, arguments);
        return command.ExecuteScalar();
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params object[] arguments)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < arguments.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", arguments[i]);
        }

        return command;
    }
}
