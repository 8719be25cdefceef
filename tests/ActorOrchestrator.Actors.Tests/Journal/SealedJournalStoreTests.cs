using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Sealing;
using ActorOrchestrator.Actors.Journal.Sqlite;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using Microsoft.Data.Sqlite;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>Secrets in SQLite's file, with keys that are missing, wrong, old or there.</summary>
public sealed class SealedJournalStoreTests : IDisposable
{
    private const string Id = "secrets/default/s";
    private const string Value = "c3dvcmRmaXNo";

    private readonly string _directory = Directory.CreateTempSubdirectory("sealing-tests-").FullName;
    private SealedJournalStore? _store;

    private string Database => Path.Combine(_directory, "journal.db");

    private string KeyFile => Path.Combine(_directory, "secrets.key");

    public void Dispose()
    {
        _store?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_row_is_unreadable_in_the_file_and_itself_in_the_store()
    {
        var store = await OpenAsync();
        var write = Write(1);
        await store.CommitAsync([Entries.Write("plain", 1), write]);
        Assert.Equal(2, write.Entry.Ordering);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        foreach (var file in Directory.GetFiles(_directory, "journal.db*"))
        {
            Assert.DoesNotContain(Value, Text(file), StringComparison.Ordinal);
        }

        Assert.Contains("\"plain\"", string.Concat(Directory.GetFiles(_directory, "journal.db*").Select(Text)),
            StringComparison.Ordinal);
        Assert.Equal(Value, ValueOf(Assert.Single(await (await OpenAsync()).ReadEntityAsync(Id, 1, 1))));
    }

    [Fact]
    public async Task A_refused_row_is_the_one_that_was_given()
    {
        var store = await OpenAsync();
        await store.CommitAsync([Write(1)]);
        var second = Write(1);
        Assert.Same(second, Assert.Single((await store.CommitAsync([second, Write(2)])).Refused));
    }

    [Fact]
    public async Task Rows_from_before_sealing_stay_readable_and_a_key_is_made_for_the_next()
    {
        await (await OpenAsync(seals: false)).CommitAsync([Write(1)]);
        Assert.False(File.Exists(KeyFile));
        var store = await OpenAsync();
        await store.CommitAsync([Write(2)]);
        var rows = await store.ReadEntityAsync(Id, 1, 2);
        Assert.Equal([Value, Value], rows.Select(ValueOf));
        Assert.Equal(
            ["secrets:object-created.v1", "secrets:object-created.v1+aesgcm.v1"],
            (await store.Tables.ReadEntityAsync(Id, 1, 2)).Select(row => row.Manifest));
    }

    [Fact]
    public async Task Changed_bytes_and_rows_in_anothers_place_are_refused()
    {
        var store = await OpenAsync();
        await store.CommitAsync([Write(1), Write(2)]);
        Change("UPDATE journal SET sequence_number = 3 WHERE sequence_number = 2");
        Change("UPDATE journal SET message = substr(message, 1, length(message) - 1) WHERE sequence_number = 1");
        foreach (var number in (long[])[1, 3])
        {
            var refused = await Assert.ThrowsAsync<JournalException>(() => store.ReadEntityAsync(Id, number, number));
            Assert.StartsWith(
                $"row {number} of {Id} is not what was sealed", refused.Message, StringComparison.Ordinal);
            Assert.Contains(KeyFile, refused.Message, StringComparison.Ordinal);
        }

        Change("UPDATE journal SET message = x'0102' WHERE sequence_number = 1");
        await Assert.ThrowsAsync<JournalException>(() => store.ReadEntityAsync(Id, 1, 1));
    }

    [Fact]
    public async Task A_new_first_key_seals_and_the_old_one_opens_until_it_is_taken_away()
    {
        await (await OpenAsync()).CommitAsync([Write(1)]);
        var old = File.ReadAllText(KeyFile);
        var key = Convert.ToBase64String(Enumerable.Range(0, 32).Select(number => (byte)number).ToArray());
        File.WriteAllText(KeyFile, key + "\n" + old);
        var store = await OpenAsync();
        await store.CommitAsync([Write(2)]);
        Assert.Equal([Value, Value], (await store.ReadEntityAsync(Id, 1, 2)).Select(ValueOf));
        File.WriteAllText(KeyFile, key);
        store = await OpenAsync();
        Assert.Equal(Value, ValueOf(Assert.Single(await store.ReadEntityAsync(Id, 2, 2))));
        var refused = await Assert.ThrowsAsync<JournalException>(() => store.ReadEntityAsync(Id, 1, 1));
        Assert.Contains($"which {KeyFile} does not hold", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_key_stops_the_start_and_none_is_made_in_its_place()
    {
        await (await OpenAsync()).CommitAsync([Write(1)]);
        File.Delete(KeyFile);
        var refused = await Assert.ThrowsAsync<JournalException>(() => OpenAsync());
        Assert.StartsWith($"{KeyFile}, which holds the keys", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(KeyFile));
    }

    [Theory]
    [InlineData("", "holds no key")]
    [InlineData("# none\n", "holds no key")]
    [InlineData("# short\nAAAA", ":2: a key of Secrets is 32 bytes in base64")]
    public async Task A_file_without_keys_stops_the_start_with_its_name(string content, string problem)
    {
        File.WriteAllText(KeyFile, content);
        var refused = await Assert.ThrowsAsync<JournalException>(() => OpenAsync());
        Assert.StartsWith(KeyFile, refused.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    private async Task<SealedJournalStore> OpenAsync(bool seals = true)
    {
        _store?.Dispose();
        await PluginTables.MakeAsync("SQLite.MS", SqliteJournalStore.ConnectionString(Database));
        _store = new SealedJournalStore(SqliteJournalStore.Open(Database), KeyFile, mayMakeKey: true, seals);
        await _store.PrepareAsync();
        return _store;
    }

    private void Change(string sql)
    {
        using var connection = new SqliteConnection(SqliteJournalStore.ConnectionString(Database));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private static JournalWrite Write(long sequenceNr)
    {
        DomainEvent[] events =
        [
            new ObjectCreated(new Secret
            {
                Metadata = new() { Name = "s", Namespace = "default" },
                Data = Api.ValueMap<string>.From([KeyValuePair.Create("password", Value)]),
            }),
        ];
        return new(Id, sequenceNr, new JournalEntry("secrets", events, EntryFormat.Encode("secrets", events)), "w", 0);
    }

    private static string ValueOf(JournalRow row)
    {
        var created = Assert.IsType<ObjectCreated>(Assert.Single(EntryFormat.Decode(row.Manifest, row.Payload).Events));
        return ((Secret)created.Object).Data["password"];
    }

    private static string Text(string file) => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file));
}
