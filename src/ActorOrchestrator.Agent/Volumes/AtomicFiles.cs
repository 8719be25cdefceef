namespace ActorOrchestrator.Agent.Volumes;

/// <summary>
/// A directory whose files change all at once. They lie in a hidden directory of their own; <c>..data</c> points to it
/// and each visible name points into <c>..data</c>, so renaming one symlink swaps everything:
/// <code>
///   app.conf -> ..data/app.conf     ..data -> ..2026_11_24_03_28_18.1     ..2026_11_24_03_28_18.1/app.conf
/// </code>
/// </summary>
public static class AtomicFiles
{
    private const string DataLink = "..data";
    private const string NewDataLink = "..data_tmp";

    private const UnixFileMode OpenDirectory =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Brings the directory to hold exactly <paramref name="files"/>; equal content is left alone.</summary>
    /// <returns>Whether anything was written.</returns>
    public static bool Write(
        string directory, IReadOnlyList<VolumeFile> files, IHostMounts mounts, long? group, DateTimeOffset now)
    {
        var dataLink = Path.Combine(directory, DataLink);
        var before = new FileInfo(dataLink).LinkTarget;
        if (before is not null && IsSame(Path.Combine(directory, before), files))
        {
            return false;
        }

        var name = NewName(directory, now);
        var home = Path.Combine(directory, name);
        WriteAll(home, files, mounts, group);
        var newLink = Path.Combine(directory, NewDataLink);
        File.Delete(newLink);
        File.CreateSymbolicLink(newLink, name);
        NativeFiles.Rename(newLink, dataLink);
        ShowNames(directory, files);
        if (before is not null)
        {
            Directory.Delete(Path.Combine(directory, before), recursive: true);
        }

        return true;
    }

    private static string NewName(string directory, DateTimeOffset now)
    {
        for (var i = 0; ; i++)
        {
            var name = $"..{now:yyyy_MM_dd_HH_mm_ss}.{i}";
            if (!Path.Exists(Path.Combine(directory, name)))
            {
                return name;
            }
        }
    }

    private static void WriteAll(string home, IReadOnlyList<VolumeFile> files, IHostMounts mounts, long? group)
    {
        MakeDirectory(home, mounts, group);
        foreach (var file in files)
        {
            var path = home;
            foreach (var part in VolumePaths.Checked(file.Path).Split('/')[..^1])
            {
                path = Path.Combine(path, part);
                if (!Directory.Exists(path))
                {
                    MakeDirectory(path, mounts, group);
                }
            }

            path = Path.Combine(home, file.Path);
            File.WriteAllBytes(path, file.Content.Span);
            if (file.Owner is { } owner)
            {
                mounts.SetOwner(path, owner);
            }

            var mode = (UnixFileMode)file.Mode;
            if (group is { } shared)
            {
                mounts.SetGroup(path, shared);
                mode |= UnixFileMode.GroupRead | UnixFileMode.UserRead;
            }

            File.SetUnixFileMode(path, mode);
        }
    }

    private static void MakeDirectory(string path, IHostMounts mounts, long? group)
    {
        Directory.CreateDirectory(path);
        if (group is { } shared)
        {
            mounts.SetGroup(path, shared);
        }

        File.SetUnixFileMode(path, group is null ? OpenDirectory : OpenDirectory | UnixFileMode.SetGroup);
    }

    private static void ShowNames(string directory, IReadOnlyList<VolumeFile> files)
    {
        var wanted = files.Select(f => f.Path.Split('/')[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var name in wanted)
        {
            var link = Path.Combine(directory, name);
            if (new FileInfo(link).LinkTarget is null)
            {
                File.CreateSymbolicLink(link, $"{DataLink}/{name}");
            }
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(directory).ToList())
        {
            var name = Path.GetFileName(entry);
            if (!name.StartsWith("..", StringComparison.Ordinal) && !wanted.Contains(name))
            {
                File.Delete(entry);
            }
        }
    }

    private static bool IsSame(string home, IReadOnlyList<VolumeFile> files)
    {
        if (!Directory.Exists(home))
        {
            return false;
        }

        var there = Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories).Count();
        return there == files.Select(f => f.Path).Distinct().Count() && files.All(file =>
        {
            var path = Path.Combine(home, file.Path);
            return File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(file.Content.Span);
        });
    }
}
