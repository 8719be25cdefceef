using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Sqlite;
using ActorOrchestrator.Actors.Serialization;
using Microsoft.Data.Sqlite;

namespace ActorOrchestrator.Actors.Tests.Journal;

public sealed class SqliteJournalStoreTests : JournalStoreTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("journal-tests-").FullName;

    private string Database => Path.Combine(_directory, "journal.db");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_with_what_to_do_and_left_alone()
    {
        var broken = Path.Combine(_directory, "broken.db");
        File.WriteAllText(broken, new string('z', 10_000));
        var failure = Assert.Throws<JournalException>(() => SqliteJournalStore.Open(broken));
        Assert.Contains("is damaged", failure.Message, StringComparison.Ordinal);
        Assert.Equal(new string('z', 10_000), File.ReadAllText(broken));
    }

    private protected override async Task<IJournalStore> OpenAsync()
    {
        await PluginTables.MakeAsync("SQLite.MS", SqliteJournalStore.ConnectionString(Database));
        var store = SqliteJournalStore.Open(Database);
        await store.PrepareAsync();
        return store;
    }

    private protected override async Task SaveSnapshotAsync(string name, long sequenceNr)
    {
        var ordering = (await Store.ReadEntityAsync($"configmaps/default/{name}", sequenceNr, sequenceNr))[0].Ordering;
        var (manifest, payload) = Snapshot(name, ordering);
        using var connection = new SqliteConnection(SqliteJournalStore.ConnectionString(Database));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "INSERT INTO snapshot (persistence_id, sequence_number, created, snapshot, manifest, serializer_id) "
            + "VALUES ($1, $2, 0, $3, $4, $5)";
        object[] values = [$"configmaps/default/{name}", sequenceNr, payload.ToArray(), manifest, JournalSerializer.Id];
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", values[i]);
        }

        command.ExecuteNonQuery();
    }
}
