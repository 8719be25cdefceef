using ActorOrchestrator.Runtime;
using Microsoft.Data.Sqlite;

namespace ActorOrchestrator.Journal.Sqlite;

/// <summary>The writing half of the log, on its one connection and its one thread.</summary>
internal sealed class SqliteLogWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<int, long> _epochs = [];
    private readonly HashSet<(int Shard, long Epoch)> _poisoned = [];
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _setLast;
    private long _last;

    public SqliteLogWriter(SqliteConnection connection)
    {
        _connection = connection;
        _last = (long)SqliteSchema.Scalar(connection, "SELECT last FROM bounds")!;
        _insert = Prepare(
            "INSERT INTO events (sequence, persistence_id, manifest, is_versioned, payload) "
            + "VALUES ($1, $2, $3, $4, $5)",
            SqliteType.Integer, SqliteType.Text, SqliteType.Text, SqliteType.Integer, SqliteType.Blob);
        _setLast = Prepare("UPDATE bounds SET last = $1", SqliteType.Integer);
    }

    /// <summary>Writes what may be written in one transaction.</summary>
    public WriteResult Write(List<AppendRequest> requests, string path)
    {
        var committed = new List<AppendRequest>(requests.Count);
        var refused = new List<(AppendRequest, LogException)>();
        SqliteTransaction? transaction = null;
        var sequence = _last;
        try
        {
            transaction = _connection.BeginTransaction(deferred: false);
            ReadEpochs();
            foreach (var request in requests)
            {
                if (Refusal(request) is { } refusal)
                {
                    refused.Add((request, refusal));
                    continue;
                }

                sequence = Insert(transaction, request, sequence);
                committed.Add(request);
            }

            _setLast.Transaction = transaction;
            _setLast.Parameters[0].Value = sequence;
            _setLast.ExecuteNonQuery();
            transaction.Commit();
            _last = sequence;
        }
        catch (SqliteException failure)
        {
            Abandon(transaction);
            var reason = SqliteFailures.Explain(failure, path);
            foreach (var request in requests.Except(refused.Select(pair => pair.Item1)).ToList())
            {
                _poisoned.Add((request.Shard, request.Epoch));
                refused.Add((request, reason));
            }

            committed.Clear();
        }
        finally
        {
            transaction?.Dispose();
        }

        return new WriteResult(committed, refused);
    }

    public long AcquireShard(int shard, string owner)
    {
        using var transaction = _connection.BeginTransaction(deferred: false);
        using var command = _connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText =
            """
            INSERT INTO shards (shard, epoch, owner) VALUES ($1, 1, $2)
            ON CONFLICT (shard) DO UPDATE SET epoch = epoch + 1, owner = excluded.owner
            RETURNING epoch
            """;
        command.Parameters.AddWithValue("$1", shard);
        command.Parameters.AddWithValue("$2", owner);
        var epoch = (long)command.ExecuteScalar()!;
        transaction.Commit();
        _poisoned.RemoveWhere(entry => entry.Shard == shard);
        return epoch;
    }

    public void Compact(long through, IReadOnlyList<StoredSnapshot> snapshots)
    {
        using var transaction = _connection.BeginTransaction(deferred: false);
        using var write = Prepare(
            "INSERT OR REPLACE INTO snapshots (persistence_id, version, payload) VALUES ($1, $2, $3)",
            SqliteType.Text, SqliteType.Integer, SqliteType.Blob);
        using var remove = Prepare("DELETE FROM snapshots WHERE persistence_id = $1", SqliteType.Text);
        using var drop = Prepare("DELETE FROM events WHERE sequence <= $1", SqliteType.Integer);
        using var mark = Prepare("UPDATE bounds SET compacted_through = $1", SqliteType.Integer);
        foreach (var snapshot in snapshots)
        {
            var command = snapshot.Payload is null ? remove : write;
            command.Transaction = transaction;
            command.Parameters[0].Value = snapshot.PersistenceId;
            if (snapshot.Payload is { } payload)
            {
                command.Parameters[1].Value = snapshot.Version;
                command.Parameters[2].Value = payload.ToArray();
            }

            command.ExecuteNonQuery();
        }

        foreach (var command in (SqliteCommand[])[drop, mark])
        {
            command.Transaction = transaction;
            command.Parameters[0].Value = through;
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _setLast.Dispose();
        _connection.Dispose();
    }

    private long Insert(SqliteTransaction transaction, AppendRequest request, long sequence)
    {
        _insert.Transaction = transaction;
        foreach (var entry in request.Entries)
        {
            entry.Sequence = ++sequence;
            _insert.Parameters[0].Value = entry.Sequence;
            _insert.Parameters[1].Value = entry.PersistenceId;
            _insert.Parameters[2].Value = entry.Manifest;
            _insert.Parameters[3].Value = entry.IsVersioned ? 1L : 0L;
            _insert.Parameters[4].Value = entry.Payload.ToArray();
            _insert.ExecuteNonQuery();
        }

        return sequence;
    }

    /// <summary>Inside the transaction, so that no other process can take a shard between the check and the
    /// commit.</summary>
    private void ReadEpochs()
    {
        _epochs.Clear();
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT shard, epoch FROM shards";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            _epochs[reader.GetInt32(0)] = reader.GetInt64(1);
        }
    }

    private LogException? Refusal(AppendRequest request)
    {
        if (_poisoned.Contains((request.Shard, request.Epoch)))
        {
            return new LogException($"an earlier append of shard {request.Shard} failed");
        }

        var newest = _epochs.GetValueOrDefault(request.Shard);
        return newest == request.Epoch ? null : new FencedException(request.Shard, request.Epoch, newest);
    }

    /// <summary>A transaction that failed may already be rolled back by SQLite; asking again then fails, which is
    /// fine.</summary>
    private static void Abandon(SqliteTransaction? transaction)
    {
        try
        {
            transaction?.Rollback();
        }
        catch (Exception done) when (done is SqliteException or InvalidOperationException)
        {
            // Rolled back already: that is the state wanted.
        }
    }

    private SqliteCommand Prepare(string sql, params SqliteType[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters.Add($"${i + 1}", parameters[i]);
        }

        command.Prepare();
        return command;
    }
}

internal readonly record struct WriteResult(
    List<AppendRequest> Committed, List<(AppendRequest Request, LogException Reason)> Refused);
