using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Host.Fencing;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Serving;

/// <summary>What servers write at the top of a data directory. Whatever else is in it is somebody else's: it is neither
/// closed at start nor removed at the end.</summary>
internal static class ClusterFiles
{
    /// <summary>The log of releases before Akka.NET.</summary>
    public const string OldLog = "log.db";

    private const string Journal = DataDirectory.JournalName;
    private const string Keys = DataDirectory.PkiName;

    /// <summary>Says that the directory is a cluster's.</summary>
    private const string Marker = "actor-orchestrator";

    private const string MarkerText =
        "This directory is a cluster's of ActorOrchestrator. 'orchestrator reset' removes what its servers wrote.\n";

    private const int NamesShown = 3;

    private static readonly string[] Names =
    [
        Marker, "lock", "orchestrator.pid", Keys, Commands.KubeconfigCommand.FileName, MemberFile.Name,
        Remote.KnownMembers.FileName, JournalPlace.Name, Journal, $"{Journal}-wal", $"{Journal}-shm",
        OldLog, $"{OldLog}-wal", $"{OldLog}-shm", "containerd", "pods", "logs",
        "processes", "cri-endpoint", "server.log", DataDirectory.NodeSocket,
        FenceFile.Name, FenceFile.LockName, GuardProcess.LogName,
    ];

    /// <exception cref="ServerStartException">Files of others are in it, and no server has written here.</exception>
    public static void RefuseForeign(string root)
    {
        var foreign = Foreign(root);
        if (foreign.Count > 0 && !IsCluster(root))
        {
            throw new ServerStartException(
                $"the data directory {root} holds files that are no cluster's ({Shown(foreign)}): "
                + "give --data-dir a new or an empty folder");
        }
    }

    /// <summary>Makes the directory a cluster's.</summary>
    public static void Claim(string root)
    {
        var marker = Path.Combine(root, Marker);
        if (!File.Exists(marker))
        {
            File.WriteAllText(marker, MarkerText);
        }
    }

    /// <summary>A server has written here. Those of releases without the marker had keys and a journal.</summary>
    public static bool IsCluster(string root) => Has(root, Marker)
        || (Has(root, Keys) && (Has(root, Journal) || Has(root, OldLog)));

    /// <summary>What servers write, as far as it is there.</summary>
    public static IEnumerable<FileSystemInfo> In(string root) => new DirectoryInfo(root).EnumerateFileSystemInfos()
        .Where(entry => Names.Contains(entry.Name, StringComparer.Ordinal));

    /// <summary>Removes what servers wrote, and the directory if nothing else is in it. The marker goes last, so that
    /// this can be tried again.</summary>
    /// <returns>What is left, for people; null when nothing is.</returns>
    public static string? Remove(string root)
    {
        foreach (var entry in In(root).OrderBy(entry => entry.Name == Marker).ToList())
        {
            if (entry is DirectoryInfo { LinkTarget: null })
            {
                MountedTree.Delete(entry.FullName);
            }
            else
            {
                entry.Delete();
            }
        }

        var foreign = Foreign(root);
        if (foreign.Count > 0)
        {
            return Shown(foreign);
        }

        MountedTree.Delete(root);
        return null;
    }

    private static bool Has(string root, string name) => Path.Exists(Path.Combine(root, name));

    private static List<string> Foreign(string root) =>
    [
        .. new DirectoryInfo(root).EnumerateFileSystemInfos().Select(entry => entry.Name)
            .Where(name => !Names.Contains(name, StringComparer.Ordinal)).Order(StringComparer.Ordinal),
    ];

    private static string Shown(List<string> names) => string.Join(", ", names.Take(NamesShown))
        + (names.Count > NamesShown ? $" and {names.Count - NamesShown} more" : "");
}
