using System.Runtime.CompilerServices;
using ActorOrchestrator.Runtime;
using Microsoft.Data.Sqlite;

namespace ActorOrchestrator.Journal.Sqlite;

public sealed partial class SqliteEventLog
{
    private const string EventColumns = "sequence, persistence_id, manifest, is_versioned, payload";

    public Task<LogBounds> BoundsAsync(CancellationToken cancellation) => Task.FromResult(Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT compacted_through, last FROM bounds";
        using var reader = command.ExecuteReader();
        reader.Read();
        return new LogBounds(reader.GetInt64(0), reader.GetInt64(1));
    }));

    public async IAsyncEnumerable<StoredSnapshot> ReadSnapshotsAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var snapshot in Rows(
            "SELECT persistence_id, version, payload FROM snapshots ORDER BY persistence_id", [], ToSnapshot,
            cancellation))
        {
            yield return snapshot;
        }
    }

    public async IAsyncEnumerable<StoredEvent> ReadEventsAsync(
        long afterSequence, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var stored in Rows(
            $"SELECT {EventColumns} FROM events WHERE sequence > $1 ORDER BY sequence",
            [afterSequence], ToEvent, cancellation))
        {
            yield return stored;
        }
    }

    public Task<EntityHistory> ReadEntityAsync(string persistenceId, CancellationToken cancellation) =>
        Task.FromResult(Read(connection =>
        {
            // One read transaction, so that a compaction between the two reads cannot lose events.
            using var transaction = connection.BeginTransaction(deferred: true);
            var snapshot = Query(
                connection, "SELECT persistence_id, version, payload FROM snapshots WHERE persistence_id = $1",
                [persistenceId], ToSnapshot).FirstOrDefault();
            var events = Query(
                connection, $"SELECT {EventColumns} FROM events WHERE persistence_id = $1 ORDER BY sequence",
                [persistenceId], ToEvent).ToList();
            return new EntityHistory(snapshot, events);
        }));

    private static StoredSnapshot ToSnapshot(SqliteDataReader reader) =>
        new(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2));

    private static StoredEvent ToEvent(SqliteDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3) != 0,
        reader.GetFieldValue<byte[]>(4));

    private T Read<T>(Func<SqliteConnection, T> read)
    {
        try
        {
            using var connection = OpenReader();
            return read(connection);
        }
        catch (SqliteException failure)
        {
            throw SqliteFailures.Explain(failure, _path);
        }
    }

    private SqliteConnection OpenReader()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        SqliteSchema.Execute(connection, "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON");
        return connection;
    }

    private async IAsyncEnumerable<T> Rows<T>(
        string sql, object[] arguments, Func<SqliteDataReader, T> map,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = Read(_ => OpenReader());
        using var rows = Query(connection, sql, arguments, map).GetEnumerator();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                if (!rows.MoveNext())
                {
                    break;
                }
            }
            catch (SqliteException failure)
            {
                throw SqliteFailures.Explain(failure, _path);
            }

            yield return rows.Current;
        }
    }

    private static IEnumerable<T> Query<T>(
        SqliteConnection connection, string sql, object[] arguments, Func<SqliteDataReader, T> map)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < arguments.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", arguments[i]);
        }

        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return map(reader);
        }
    }
}
