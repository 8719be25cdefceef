namespace ActorOrchestrator.Agent.Volumes;

/// <summary>
/// Counts the bytes that files have on a disk, as du(1): what is allocated, whatever a sparse file's length says, each
/// file once, nothing of what is mounted in between, and nothing behind a symlink.
/// </summary>
internal sealed class DiskUse
{
    private readonly HashSet<(ulong Device, ulong Inode)> _counted = [];

    /// <summary>What is at the path, and below it, is not counted: it is somebody else's.</summary>
    public void LeaveOut(string path)
    {
        if (NativeFiles.Place(path) is { } place)
        {
            _counted.Add((place.Device, place.Inode));
        }
    }

    /// <summary>Of a file or a directory with all in it, but for what was counted before; 0 for what is not
    /// there.</summary>
    public long BytesBelow(string path) =>
        NativeFiles.Place(path) is { } root ? BytesOf(path, root, root.Device) : 0;

    private long BytesOf(string path, FilePlace place, ulong device)
    {
        if (place.Device != device || !_counted.Add((place.Device, place.Inode)))
        {
            return 0;
        }

        var bytes = place.AllocatedBytes;
        if (!place.IsDirectory)
        {
            return bytes;
        }

        foreach (var entry in Entries(path))
        {
            if (NativeFiles.Place(entry) is { } below)
            {
                bytes += BytesOf(entry, below, device);
            }
        }

        return bytes;
    }

    /// <summary>Containers write and delete meanwhile.</summary>
    private static string[] Entries(string directory)
    {
        try
        {
            return Directory.GetFileSystemEntries(directory);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
