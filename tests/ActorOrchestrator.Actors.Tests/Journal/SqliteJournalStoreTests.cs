using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Sqlite;

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
}
