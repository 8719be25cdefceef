using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>Has the plugin itself make its tables, as it does when a member starts.</summary>
internal static class PluginTables
{
    public static async Task MakeAsync(string provider, string connection)
    {
        string Plugin(string kind, string type) =>
            $$"""
            akka.persistence.{{kind}} {
              plugin = akka.persistence.{{kind}}.sql
              sql {
                class = "{{type}}, Akka.Persistence.Sql"
                provider-name = "{{provider}}"
                connection-string = "{{connection}}"
                tag-write-mode = Csv
              }
            }
            """;
        var settings = ConfigurationFactory.ParseString(
            $"""
            akka.loggers = []
            akka.stdout-loglevel = OFF
            {Plugin("journal", "Akka.Persistence.Sql.Journal.SqlWriteJournal")}
            {Plugin("snapshot-store", "Akka.Persistence.Sql.Snapshot.SqlSnapshotStore")}
            """).WithFallback(SqlPersistence.DefaultConfiguration);
        using var system = ActorSystem.Create("tables", settings);
        var persistence = Persistence.Instance.Apply(system);
        await persistence.CheckJournalHealthAsync("", TestContext.Current.CancellationToken);
        await persistence.CheckSnapshotStoreHealthAsync("", TestContext.Current.CancellationToken);
        await system.Terminate();
    }
}
