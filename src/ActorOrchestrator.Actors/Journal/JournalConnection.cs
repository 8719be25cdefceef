using ActorOrchestrator.Actors.Journal.Postgres;
using Akka.Actor.Setup;
using Akka.Persistence.Sql.Config;
using LinqToDB;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>How Akka's plugins reach the tables. It is handed to them when the actor system is made, and stands in no
/// setting: it may have a password, and Akka prints all settings of a plugin that does not start.</summary>
public static class JournalConnection
{
    private static readonly string[] Plugins =
    [
        "akka.persistence.journal.sql", "akka.persistence.journal.bulk", "akka.persistence.snapshot-store.sql",
    ];

    public static IReadOnlyList<Setup> ToSqlite(string connection) => [PluginsTo("SQLite.MS", connection)];

    public static IReadOnlyList<Setup> ToPostgres(string connection) =>
        [PluginsTo("PostgreSQL.15", PostgresSession.Of(connection).ConnectionString), new LeaseConnection(connection)];

    private static MultiDataOptionsSetup PluginsTo(string provider, string connection)
    {
        var setup = new MultiDataOptionsSetup();
        foreach (var plugin in Plugins)
        {
            setup.AddDataOptions(plugin, new DataOptions().UseConnectionString(provider, connection));
        }

        return setup;
    }
}
