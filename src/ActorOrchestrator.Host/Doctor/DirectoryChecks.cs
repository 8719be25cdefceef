using System.Globalization;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Doctor;

/// <summary>The disk that the data directory is on.</summary>
internal static class DirectoryChecks
{
    private const string Area = "data directory";

    /// <summary>Room for a journal, the keys, and a few images.</summary>
    private const long FreeLeast = 2L << 30;

    private static readonly string[] Networked = ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph"];

    public static IEnumerable<Finding> Of(ServerSettings settings)
    {
        var path = settings.DataDirectory;
        if (Directory.Exists(path) && Refusal(path) is { } refusal)
        {
            yield return Finding.Fault(Area, refusal, "give --data-dir another folder");
            yield break;
        }

        var disk = new DriveInfo(Existing(path));
        var size = string.Create(CultureInfo.InvariantCulture,
            $"{path} on {disk.DriveFormat}, {disk.AvailableFreeSpace >> 20} MiB free");
        yield return disk.AvailableFreeSpace < FreeLeast
            ? Finding.Warning(Area, size, "make room: images and the journal take 2 GiB soon")
            : Finding.Good(Area, size);
        if (OfFormat(disk.DriveFormat, settings) is { } problem)
        {
            yield return problem;
        }
    }

    /// <summary>What goes wrong on a file system of this kind; null when nothing does.</summary>
    public static Finding? OfFormat(string format, ServerSettings settings)
    {
        if (settings.Node.OwnsContainerd && format is "overlay" or "overlayfs")
        {
            return Finding.Fault(
                Area, "it is on an overlay file system, on which containerd can keep no containers",
                "put it on a volume (inside a container: -v data:/var/lib/actor-orchestrator)");
        }

        if (Networked.Contains(format, StringComparer.Ordinal))
        {
            return settings.Journal.Provider == JournalSettings.Postgresql
                ? Finding.Warning(Area, $"it is on a network's file system ({format})", "use a disk of this machine")
                : Finding.Fault(
                    Area, $"it is on a network's file system ({format}), whose locks SQLite cannot rely on",
                    "use a disk of this machine");
        }

        return format is "tmpfs" or "ramfs"
            ? Finding.Warning(Area, "it is in memory, so the cluster is gone after a reboot", "use a disk")
            : null;
    }

    private static string? Refusal(string path)
    {
        try
        {
            ClusterFiles.RefuseForeign(path);
            return null;
        }
        catch (ServerStartException refusal)
        {
            return refusal.Message;
        }
    }

    private static string Existing(string path)
    {
        while (!Directory.Exists(path))
        {
            path = Path.GetDirectoryName(path)!;
        }

        return path;
    }
}
