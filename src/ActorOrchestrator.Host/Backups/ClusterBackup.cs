using ActorOrchestrator.Actors.Journal.Sqlite;
using ActorOrchestrator.Api;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Joining;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Backups;

/// <summary>
/// What a cluster cannot do without, in one file: the authority, the keys of Secrets, the settings of a machine that
/// has joined, and the journal where it is a file. Whatever else is in a data directory is made anew: certificates,
/// images, containers.
/// </summary>
internal static class ClusterBackup
{
    private const string Journal = DataDirectory.JournalName;
    private const string SecretsKey = $"{DataDirectory.PkiName}/{DataDirectory.SecretsKeyName}";

    private static readonly string[] Needed =
    [
        $"{DataDirectory.PkiName}/{DataDirectory.AuthorityName}",
        $"{DataDirectory.PkiName}/{DataDirectory.AuthorityKeyName}",
    ];

    /// <summary>All that a backup may hold.</summary>
    public static IReadOnlySet<string> Names { get; } =
        new HashSet<string>(StringComparer.Ordinal)
        {
            Needed[0], Needed[1], SecretsKey, MemberFile.Name, JournalPlace.Name, Journal,
        };

    /// <summary>While a server runs on the data directory or not.</summary>
    /// <exception cref="ServerStartException">It cannot be made, or is not whole; then nothing is left of it.
    /// </exception>
    public static BackupContents Make(ServerSettings settings, string file, DateTimeOffset now)
    {
        var directory = settings.DataDirectory;
        if (!Directory.Exists(directory) || !ClusterFiles.IsCluster(directory))
        {
            throw new ServerStartException($"{directory} holds no cluster: --data-dir names the directory of a server");
        }

        if (JoinedDirectory.IsNodeOnly(directory))
        {
            throw new ServerStartException($"the machine of {directory} only runs pods, and has nothing that the "
                + "cluster cannot do without: back up on a member. If this machine is lost, another one joins with a "
                + "token in its place");
        }

        if (Path.Exists(file))
        {
            throw new ServerStartException(
                $"{file} is there already, and no backup is written over: name another file");
        }

        // Beside it, where there is room for both.
        var copy = $"{file}.{Path.GetRandomFileName()}";
        try
        {
            return Write(settings, file, copy, now);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            File.Delete(file);
            throw new ServerStartException($"{file} cannot be written: {FailureWords.Of(failure)}", failure);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>Into a data directory that is empty or not there.</summary>
    /// <exception cref="ServerStartException">It is neither, or the file is no whole backup; then nothing was
    /// written.</exception>
    public static async Task<BackupContents> RestoreAsync(string file, string directory)
    {
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new ServerStartException(
                $"the data directory {directory} is not empty: give --data-dir another one, or remove what is there "
                + "('orchestrator reset' does so with a cluster's)");
        }

        var contents = BackupArchive.Read(file, directory: null);
        PrivateDirectory(directory);
        try
        {
            BackupArchive.Read(file, directory);
            if (contents.Files.ContainsKey(Journal))
            {
                await SqliteBackup.RaiseFloorAsync(Path.Combine(directory, Journal));
            }

            ClusterFiles.Claim(directory);
            return contents;
        }
        catch
        {
            Clear(directory);
            throw;
        }
    }

    private static BackupContents Write(ServerSettings settings, string file, string copy, DateTimeOffset now)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Needed.Append(MemberFile.Name).Append(JournalPlace.Name))
        {
            files[name] = Path.Combine(settings.DataDirectory, name);
        }

        files[SecretsKey] = settings.Journal.SecretsKeyFile ?? Path.Combine(settings.DataDirectory, SecretsKey);
        var ordering = 0L;
        var isShared = settings.Journal.IsShared || JournalPlace.Read(settings.DataDirectory) is not null;
        if (!isShared)
        {
            if (!File.Exists(Path.Combine(settings.DataDirectory, Journal)))
            {
                throw new ServerStartException(
                    $"{settings.DataDirectory}/{Journal} is missing: if the journal is in PostgreSQL, say so as to the "
                    + "server (--config, or ACTOR_ORCHESTRATOR_JOURNAL)");
            }

            // Before the keys: a row that needs a new key is not older than it.
            ordering = SqliteBackup.Copy(Path.Combine(settings.DataDirectory, Journal), copy);
            files[Journal] = copy;
        }

        foreach (var name in files.Keys.Where(name => !File.Exists(files[name])).ToList())
        {
            if (Needed.Contains(name))
            {
                throw new ServerStartException($"{files[name]} is missing: the server makes it at its first start");
            }

            files.Remove(name);
        }

        var contents = new BackupContents(
            BackupContents.FormatNow, VersionCommand.Version, now,
            isShared ? JournalSettings.Postgresql : settings.Journal.Provider, ordering,
            files.ToDictionary(each => each.Key, each => BackupArchive.HashOf(each.Value), StringComparer.Ordinal));
        BackupArchive.Write(file, contents, files);
        try
        {
            return BackupArchive.Read(file, directory: null);
        }
        catch (ServerStartException)
        {
            File.Delete(file);
            throw;
        }
    }

    /// <summary>It was empty; a directory that something is mounted at cannot be removed itself.</summary>
    private static void Clear(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).ToList())
        {
            File.Delete(file);
        }

        foreach (var inner in Directory.EnumerateDirectories(directory).ToList())
        {
            Directory.Delete(inner);
        }
    }

    private static void PrivateDirectory(string path)
    {
        try
        {
            Gateway.Security.PrivateFile.CreateDirectory(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ServerStartException(
                $"the data directory {path} cannot be made: {FailureWords.Of(failure)} "
                    + "(--data-dir names another one)", failure);
        }
    }
}
