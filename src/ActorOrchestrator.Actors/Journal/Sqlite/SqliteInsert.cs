using ActorOrchestrator.Actors.Serialization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorOrchestrator.Actors.Journal.Sqlite;

/// <summary>The journal's one insert, prepared once and bound by number: through the ADO.NET command a row costs twice
/// as much, most of it looking up the names of parameters.</summary>
internal sealed class SqliteInsert : IDisposable
{
    private const string Sql =
        "INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, "
        + "writer_uuid) VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ?7)";

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public SqliteInsert(SqliteConnection connection)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_database, Sql, out _statement));
    }

    /// <summary>Runs in the transaction that is open, and notes the row's ordering.</summary>
    /// <returns>False when the row's number is taken.</returns>
    public bool TryRun(JournalWrite write)
    {
        Check(raw.sqlite3_bind_int64(_statement, 1, write.CreatedMilliseconds));
        Check(raw.sqlite3_bind_text(_statement, 2, write.PersistenceId));
        Check(raw.sqlite3_bind_int64(_statement, 3, write.SequenceNr));
        Check(raw.sqlite3_bind_blob(_statement, 4, write.Entry.Encoded.Payload.Span));
        Check(raw.sqlite3_bind_text(_statement, 5, write.Entry.Encoded.Manifest));
        Check(raw.sqlite3_bind_int(_statement, 6, JournalSerializer.Id));
        Check(raw.sqlite3_bind_text(_statement, 7, write.Writer));
        var result = raw.sqlite3_step(_statement);
        raw.sqlite3_reset(_statement);
        if (result == raw.SQLITE_CONSTRAINT)
        {
            return false;
        }

        Check(result == raw.SQLITE_DONE ? raw.SQLITE_OK : result);
        write.Entry.Ordering = raw.sqlite3_last_insert_rowid(_database);
        return true;
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw new SqliteException(raw.sqlite3_errmsg(_database).utf8_to_string(), result);
        }
    }
}
