namespace ActorOrchestrator.Agent.Volumes;

/// <summary>A directory with whatever is mounted in it.</summary>
public static class MountedTree
{
    /// <summary>Deletes the directory, and of what is mounted below it only the mounts: a volume may be a bound
    /// directory of somebody else. The directory itself stays, emptied, where it is a mount.</summary>
    /// <exception cref="IOException">A mount cannot be removed; then nothing is deleted.</exception>
    public static void Delete(string directory)
    {
        // The innermost mounts come last.
        foreach (var mount in MountsBelow(directory).Reverse())
        {
            _ = NativeMethods.umount2(mount, NativeMethods.MntDetach);
        }

        if (MountsBelow(directory).FirstOrDefault() is { } kept)
        {
            throw new IOException($"{kept} cannot be unmounted, so nothing in {directory} is deleted");
        }

        if (!MountPoints().Contains(Path.TrimEndingDirectorySeparator(directory)))
        {
            Directory.Delete(directory, recursive: true);
            return;
        }
        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } below)
            {
                below.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }

    private static IEnumerable<string> MountsBelow(string directory)
    {
        var below = directory.TrimEnd('/') + "/";
        return MountPoints().Where(path => path.StartsWith(below, StringComparison.Ordinal));
    }

    /// <summary>In the order of mounting (proc(5), mounts; blanks in paths are written \040).</summary>
    private static List<string> MountPoints() =>
        [.. File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')[1].Replace("\\040", " "))];
}
