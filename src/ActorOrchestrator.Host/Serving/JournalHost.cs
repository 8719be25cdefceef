using System.Text.Json;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Postgres;
using ActorOrchestrator.Actors.Journal.Sealing;
using ActorOrchestrator.Actors.Journal.Sqlite;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Host.Settings;
using Akka.Actor.Setup;

namespace ActorOrchestrator.Host.Serving;

/// <summary>The journal that the settings name, Akka's way to it, and Akka's settings with where the members
/// are.</summary>
internal static class JournalHost
{
    private static readonly TimeSpan DatabaseWait = TimeSpan.FromSeconds(30);

    /// <exception cref="JournalException">The file cannot be used.</exception>
    /// <exception cref="ServerStartException">The data directory's cluster has another one.</exception>
    public static SealedJournalStore Open(JournalSettings settings, DataDirectory directory)
    {
        JournalPlace.RefuseOther(directory.Root, settings);
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

    /// <summary>The cluster's authorities, as the journal has them: a member has to have the present one before it
    /// meets others, and so before it folds the journal.</summary>
    /// <returns>Null when the first one was never exchanged.</returns>
    /// <exception cref="JournalException">They cannot be read.</exception>
    public static async Task<ClusterAuthority?> FindAuthorityAsync(SealedJournalStore journal)
    {
        if (!await IsPreparedAsync(journal))
        {
            return null;
        }

        journal.ReadKeys();
        return ClusterAuthority.Read(await StoredObject.ReadAsync(journal, ClusterAuthority.Key));
    }

    /// <exception cref="MemberRemovedException">The member of that node was taken out.</exception>
    /// <exception cref="JournalException">It cannot be read.</exception>
    public static async Task RefuseRemovedAsync(SealedJournalStore journal, string node)
    {
        if (journal.Tables is PostgresJournalStore && await IsPreparedAsync(journal)
            && RemovalList.At(await StoredObject.ReadAsync(journal, RemovedMembers.List.Key), node) is { } at)
        {
            throw new MemberRemovedException(RemovedMembers.Refusal(node, at));
        }
    }

    private static async Task<bool> IsPreparedAsync(SealedJournalStore journal) => journal.Tables switch
    {
        SqliteJournalStore file => file.IsPrepared,
        PostgresJournalStore database => await database.IsPreparedAsync(),
        _ => false,
    };

    /// <summary>How Akka's plugins reach the tables: apart from its settings, which it may print.</summary>
    public static IReadOnlyList<Setup> Connections(ServerSettings settings, DataDirectory directory) =>
        settings.Journal.Provider == JournalSettings.Postgresql
            ? JournalConnection.ToPostgres(settings.Journal.Connection)
            : JournalConnection.ToSqlite(SqliteJournalStore.ConnectionString(directory.Journal));

    public static string Akka(ServerSettings settings, IJournalStore journal)
    {
        var seeds = settings.Cluster.Seeds
            .Select(seed => JsonSerializer.Serialize($"akka.ssl.tcp://orchestrator@{seed}"));
        var makesTables = journal is SqliteJournalStore { IsPrepared: true }
            or SealedJournalStore { Tables: SqliteJournalStore { IsPrepared: true } } ? "off" : "on";
        return $"""
            akka {settings.Akka}
            akka.persistence.journal.sql.auto-initialize = {makesTables}
            akka.persistence.snapshot-store.sql.auto-initialize = {makesTables}
            akka.remote.dot-netty.tcp.hostname = "{settings.Cluster.Address}"
            akka.remote.dot-netty.tcp.port = {settings.Cluster.Port}
            akka.cluster.seed-nodes = [{string.Join(", ", seeds)}]
            akka.cluster.split-brain-resolver.active-strategy = {settings.Cluster.Strategy}
            """;
    }
}
