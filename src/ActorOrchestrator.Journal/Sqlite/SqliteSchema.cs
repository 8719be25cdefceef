using ActorOrchestrator.Runtime;
using Microsoft.Data.Sqlite;

namespace ActorOrchestrator.Journal.Sqlite;

/// <summary>The tables of the embedded log, and how an older file becomes a newer one.</summary>
internal static class SqliteSchema
{
    /// <summary>Each entry brings the schema from its index to the next; never change one that was released.</summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY,
            persistence_id TEXT NOT NULL,
            manifest TEXT NOT NULL,
            is_versioned INTEGER NOT NULL,
            payload BLOB NOT NULL) STRICT;
        CREATE INDEX events_by_entity ON events (persistence_id, sequence);
        CREATE TABLE snapshots (
            persistence_id TEXT PRIMARY KEY,
            version INTEGER NOT NULL,
            payload BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE shards (
            shard INTEGER PRIMARY KEY,
            epoch INTEGER NOT NULL,
            owner TEXT NOT NULL) STRICT;
        CREATE TABLE bounds (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            compacted_through INTEGER NOT NULL,
            last INTEGER NOT NULL) STRICT;
        INSERT INTO bounds VALUES (1, 0, 0);
        """,
    ];

    public static void Migrate(SqliteConnection connection, string path)
    {
        var version = (int)(long)Scalar(connection, "PRAGMA user_version")!;
        if (version > Migrations.Length)
        {
            throw new LogException(
                $"{path} has schema version {version}, this executable knows up to {Migrations.Length}: "
                + "use the newer executable that wrote it");
        }

        for (; version < Migrations.Length; version++)
        {
            using var transaction = connection.BeginTransaction();
            Execute(connection, Migrations[version]);
            Execute(connection, $"PRAGMA user_version = {version + 1}");
            transaction.Commit();
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
