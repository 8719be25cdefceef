using System.Runtime.InteropServices;

namespace ActorOrchestrator.Host.Serving;

/// <summary>What the server writes is its user's alone: by the process' umask from the first byte on, and by a walk at
/// start for what an older release left.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const SearchOption Everything = SearchOption.AllDirectories;

    /// <summary>Nobody else may read, write or enter what this process makes from now on, unless it says so.</summary>
    public static void KeepFromOthers() => _ = umask((uint)Others);

    /// <exception cref="ServerStartException">The directory is one such as /tmp, which must not be closed.</exception>
    public static void RefuseShared(string root)
    {
        if ((File.GetUnixFileMode(root) & UnixFileMode.StickyBit) != 0)
        {
            throw new ServerStartException(
                $"the data directory {root} is one that all users share: give --data-dir a folder in it");
        }
    }

    /// <summary>
    /// Takes from others what they may do with a server's files. Left alone is what containers are meant to read
    /// (volumes, hosts files, termination messages), and what containerd makes for them; both lie below directories
    /// that only the server's user can enter:
    /// <code>
    ///   ours, pki/**, processes/**       everything        pods/*                 the directories
    ///   containerd/*, cni, registries     ours, no socket   logs/**                the directories
    /// </code>
    /// </summary>
    public static void Mend(string root)
    {
        Close(new DirectoryInfo(root));
        foreach (var entry in ClusterFiles.In(root))
        {
            Close(entry);
            if (entry is DirectoryInfo { LinkTarget: null } directory)
            {
                MendBelow(directory);
            }
        }
    }

    private static void MendBelow(DirectoryInfo directory)
    {
        switch (directory.Name)
        {
            case "pki" or "processes":
                CloseAll(directory.EnumerateFileSystemInfos("*", Everything));
                break;
            case "logs":
                CloseAll(directory.EnumerateDirectories("*", Everything));
                break;
            case "pods":
                CloseAll(directory.EnumerateDirectories());
                break;
            case "containerd":
                CloseAll(directory.EnumerateFiles().Where(file => !file.Name.Contains(".sock")));
                foreach (var ours in directory.EnumerateDirectories().Where(each => each.Name is "cni" or "registries"))
                {
                    Close(ours);
                    CloseAll(ours.EnumerateFileSystemInfos("*", Everything));
                }

                break;
        }
    }

    private static void CloseAll(IEnumerable<FileSystemInfo> entries)
    {
        foreach (var entry in entries)
        {
            Close(entry);
        }
    }

    private static void Close(FileSystemInfo entry)
    {
        if (entry.LinkTarget is null && (entry.UnixFileMode & Others) != 0)
        {
            File.SetUnixFileMode(entry.FullName, entry.UnixFileMode & ~Others);
        }
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint umask(uint mask);
}
