using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Host.Serving;

namespace ActorOrchestrator.Host.Backups;

/// <summary>The file of a backup: a tar with a description and the files that it names, in that order.</summary>
internal static class BackupArchive
{
    private const string Description = "backup.json";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerOnly | UnixFileMode.UserExecute;

    public static string HashOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <param name="path">A file that is not there.</param>
    /// <param name="contents">The description.</param>
    /// <param name="files">Where the files are that it names.</param>
    /// <exception cref="IOException">It is there, or cannot be written.</exception>
    public static void Write(string path, BackupContents contents, IReadOnlyDictionary<string, string> files)
    {
        using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly,
        });
        using (var tar = new TarWriter(stream, leaveOpen: true))
        {
            using var description = new MemoryStream(Encoding.UTF8.GetBytes(contents.ToJson()));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, Description)
            {
                Mode = OwnerOnly, DataStream = description,
            });
            foreach (var name in contents.Files.Keys)
            {
                using var file = File.OpenRead(files[name]);
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = OwnerOnly, DataStream = file });
            }
        }

        stream.Flush(flushToDisk: true);
    }

    /// <summary>Reads all of it, and compares each file with what the description says.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="directory">Where its files are written; null: nowhere.</param>
    /// <exception cref="ServerStartException">It is no whole backup.</exception>
    public static BackupContents Read(string path, string? directory)
    {
        try
        {
            using var stream = File.OpenRead(path);
            using var tar = new TarReader(stream);
            var contents = ReadDescription(tar.GetNextEntry());
            var missing = contents.Files.Keys.ToHashSet(StringComparer.Ordinal);
            while (tar.GetNextEntry() is { DataStream: { } data } entry)
            {
                if (!missing.Remove(entry.Name) || Take(data, entry.Name, directory) != contents.Files[entry.Name])
                {
                    throw new InvalidDataException($"{entry.Name} in it is not what was written");
                }
            }

            return missing.Count == 0
                ? contents
                : throw new InvalidDataException($"{string.Join(", ", missing.Order())} is missing in it");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException
            or JsonException or FormatException or ArgumentException)
        {
            throw new ServerStartException($"{path} is no whole backup: {FailureWords.Of(failure)}", failure);
        }
    }

    private static BackupContents ReadDescription(TarEntry? entry)
    {
        if (entry is not { Name: Description, DataStream: { } data })
        {
            throw new InvalidDataException($"it does not begin with {Description}");
        }

        using var reader = new StreamReader(data);
        var contents = BackupContents.Parse(reader.ReadToEnd());
        return contents.Format == BackupContents.FormatNow
            ? contents
            : throw new InvalidDataException(
                $"it is of format {contents.Format}, written by orchestrator {contents.Version}: use that release");
    }

    /// <returns>The hash of what was read.</returns>
    private static string Take(Stream data, string name, string? directory)
    {
        if (directory is null)
        {
            return Convert.ToHexStringLower(SHA256.HashData(data));
        }

        // Names are this program's own, and a description that names others is none of them.
        if (!ClusterBackup.Names.Contains(name))
        {
            throw new InvalidDataException($"{name} is no file of a cluster");
        }

        var target = Path.Combine(directory, name);
        try
        {
            Save(data, target);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ServerStartException($"{target} cannot be written: {FailureWords.Of(failure)}", failure);
        }

        return HashOf(target);
    }

    private static void Save(Stream data, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!, OwnerDirectory);
        using var file = new FileStream(target, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly,
        });
        data.CopyTo(file);
        file.Flush(flushToDisk: true);
    }
}
