using ActorOrchestrator.Host.Backups;
using ActorOrchestrator.Host.Doctor;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Tests;

/// <summary>A data directory remembers that its cluster's journal is in PostgreSQL.</summary>
public sealed class JournalPlaceTests : IDisposable
{
    private const string Place = "10.0.0.9:5432/ours";

    private readonly string _root = Directory.CreateTempSubdirectory("journal-place-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void What_a_member_used_is_kept_without_who_used_it_and_a_start_without_it_is_refused()
    {
        JournalPlace.Keep(_root, Database);
        Assert.Equal(Place + "\n", File.ReadAllText(JournalPlace.In(_root)));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(JournalPlace.In(_root)));
        var refused = Assert.Throws<ServerStartException>(() => JournalPlace.RefuseOther(_root, Sqlite));
        Assert.Contains($"PostgreSQL ({Place})", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--journal-file", refused.Message, StringComparison.Ordinal);
        JournalPlace.RefuseOther(_root, Database);

        // Also where one wrong start of an older release left its file.
        Make("journal.db");
        Assert.Contains(Place, JournalPlace.Refusal(_root, Sqlite), StringComparison.Ordinal);
        JournalPlace.RefuseOther(_root, Database);
    }

    [Theory]
    [InlineData("", false, null)]
    [InlineData("", true, null)]
    [InlineData("pki/ca.key,journal.db", false, null)]
    [InlineData("pki/ca.key", false, "its journal is not there")]
    [InlineData("pki/ca.key", true, null)]
    [InlineData("pki/ca.key,journal.db", true, "has its journal in a file there")]
    public void What_is_there_says_where_the_journal_was(string files, bool isDatabase, string? refusal)
    {
        Make(files.Split(',', StringSplitOptions.RemoveEmptyEntries));
        var told = JournalPlace.Refusal(_root, isDatabase ? Database : Sqlite);
        Assert.True(refusal is null ? told is null : told!.Contains(refusal, StringComparison.Ordinal), told);
    }

    [Fact]
    public void A_journal_in_a_file_is_not_told()
    {
        JournalPlace.Keep(_root, Sqlite);
        Assert.Null(JournalPlace.Read(_root));
    }

    [Fact]
    public async Task Doctor_and_backup_know_it_without_being_told()
    {
        DataDirectory.Open(_root).Dispose();
        Make("pki/ca.key", "pki/ca.crt");
        JournalPlace.Keep(_root, Database);
        var finding = await JournalChecks.OfAsync(Settings(""), TestContext.Current.CancellationToken).SingleAsync(
            TestContext.Current.CancellationToken);
        Assert.Equal(Severity.Fault, finding.Severity);
        Assert.Contains(Place, finding.Sentence, StringComparison.Ordinal);

        var file = Path.Combine(_root, "backup");
        var made = ClusterBackup.Make(Settings(""), file, DateTimeOffset.UnixEpoch);
        Assert.Equal(JournalSettings.Postgresql, made.Journal);
        var target = Path.Combine(_root, "restored");
        await ClusterBackup.RestoreAsync(file, target);
        Assert.Equal(Place, JournalPlace.Read(target));
    }

    private JournalSettings Database =>
        Settings("journal.connection = \"postgresql://me:geheim@10.0.0.9/ours\"").Journal;

    private JournalSettings Sqlite => Settings("").Journal;

    private ServerSettings Settings(string given) => ServerSettings.From(HoconReader.Load(
        ServerSettings.ReferenceText(), [("given", given), ("root", $"data-dir = {HoconText.Quote(_root)}")],
        _ => null));

    private void Make(params string[] files)
    {
        foreach (var path in files.Select(file => Path.Combine(_root, file)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "x");
        }
    }
}
