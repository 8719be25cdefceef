using System.Text.Json;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Postgres;
using ActorOrchestrator.Actors.Journal.Sealing;
using ActorOrchestrator.Actors.Journal.Sqlite;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Serving;

/// <summary>The journal that the settings name, and Akka's settings with where it is and where the members
/// are.</summary>
internal static class JournalHost
{
    private static readonly TimeSpan DatabaseWait = TimeSpan.FromSeconds(30);

    /// <exception cref="JournalException">The file cannot be used.</exception>
    public static SealedJournalStore Open(JournalSettings settings, DataDirectory directory)
    {
        IJournalStore tables = settings.Provider == JournalSettings.Postgresql
            ? new PostgresJournalStore(settings.Connection)
            : SqliteJournalStore.Open(directory.Journal);
        return new(
            tables, settings.SecretsKeyFile ?? directory.SecretsKey, mayMakeKey: settings.SecretsKeyFile is null,
            settings.EncryptSecrets);
    }

    /// <summary>Waits for a database that may be started at the same time: Akka.NET would tell of each attempt with a
    /// stack.</summary>
    /// <exception cref="JournalException">It cannot be reached.</exception>
    public static Task ReachAsync(
        SealedJournalStore journal, TimeProvider time, Action<string> onWait, CancellationToken cancellation) =>
        journal.Tables is PostgresJournalStore database
            ? database.ReachAsync(DatabaseWait, time, onWait, cancellation)
            : Task.CompletedTask;

    public static string Akka(ServerSettings settings, DataDirectory directory, IJournalStore journal)
    {
        var (provider, connection) = settings.Journal.Provider == JournalSettings.Postgresql
            ? ("PostgreSQL.15", settings.Journal.Connection)
            : ("SQLite.MS", SqliteJournalStore.ConnectionString(directory.Journal));
        var seeds = settings.Cluster.Seeds
            .Select(seed => JsonSerializer.Serialize($"akka.ssl.tcp://orchestrator@{seed}"));
        var makesTables = journal is SqliteJournalStore { IsPrepared: true }
            or SealedJournalStore { Tables: SqliteJournalStore { IsPrepared: true } } ? "off" : "on";
        return $"""
            akka {settings.Akka}
            akka.persistence.journal.sql.auto-initialize = {makesTables}
            akka.persistence.snapshot-store.sql.auto-initialize = {makesTables}
            akka.persistence.journal.sql.provider-name = "{provider}"
            akka.persistence.journal.sql.connection-string = {JsonSerializer.Serialize(connection)}
            akka.persistence.snapshot-store.sql.provider-name = "{provider}"
            akka.persistence.snapshot-store.sql.connection-string = {JsonSerializer.Serialize(connection)}
            akka.remote.dot-netty.tcp.hostname = "{settings.Cluster.Address}"
            akka.remote.dot-netty.tcp.port = {settings.Cluster.Port}
            akka.cluster.seed-nodes = [{string.Join(", ", seeds)}]
            akka.cluster.split-brain-resolver.active-strategy = {settings.Cluster.Strategy}
            akka.coordination.lease.postgres.connection-string = {JsonSerializer.Serialize(connection)}
            """;
    }
}
