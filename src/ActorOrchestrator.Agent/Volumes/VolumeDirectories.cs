using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Agent.Volumes;

/// <summary>Makes, fills and removes the directories of volumes.</summary>
internal sealed class VolumeDirectories(IHostMounts mounts, TimeProvider time)
{
    private readonly Lock _imageMounts = new();

    /// <summary>kubelet's directory name of the kind of volume.</summary>
    public static string PluginOf(Volume volume) => volume switch
    {
        { ConfigMap: not null } => "kubernetes.io~configmap",
        { Secret: not null } => "kubernetes.io~secret",
        { DownwardAPI: not null } => "kubernetes.io~downward-api",
        { Projected: not null } => "kubernetes.io~projected",
        { Image: not null } => "kubernetes.io~image",
        _ => "kubernetes.io~empty-dir",
    };

    /// <summary>Volumes made from objects and images cannot be written by containers.</summary>
    public static bool IsReadOnly(Volume volume) =>
        volume.ConfigMap is not null || volume.Secret is not null || volume.DownwardAPI is not null
        || volume.Projected is not null || volume.Image is not null;

    /// <param name="podDirectory">The pod's own, which nobody else can enter; made if it is not there.</param>
    /// <param name="path">Where the volume is, below it.</param>
    /// <param name="work">What it must be.</param>
    /// <param name="fsGroup">The group that owns it.</param>
    /// <exception cref="VolumeException">It cannot be had.</exception>
    public void Prepare(string podDirectory, string path, VolumeWork work, long? fsGroup)
    {
        try
        {
            Directory.CreateDirectory(podDirectory, OpenPaths.Private);
            switch (work)
            {
                case VolumeWork.Host host:
                    HostPaths.Check(host.Path, host.Type);
                    break;
                case VolumeWork.Scratch scratch:
                    PrepareScratch(path, scratch, fsGroup);
                    break;
                case VolumeWork.Files files:
                    PrepareFiles(path, files, fsGroup);
                    break;
                case VolumeWork.Image image:
                    PrepareImage(path, image);
                    break;
                default:
                    throw new InvalidOperationException($"no way to prepare {work.GetType().Name}");
            }
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new VolumeException(
                $"MountVolume.SetUp failed for volume \"{work.Name}\" : {FailureWords.Of(failed)}", failed);
        }
    }

    /// <summary>
    /// Unmounts everything under a directory of volumes and deletes it; never what is mounted in there.
    /// </summary>
    public void Remove(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        foreach (var mounted in MountsUnder(directory))
        {
            mounts.Unmount(mounted);
        }

        Directory.Delete(directory, recursive: true);
    }

    private void PrepareScratch(string path, VolumeWork.Scratch scratch, long? fsGroup)
    {
        // A boot takes a tmpfs, and leaves the directory below it.
        var isNew = !Directory.Exists(path) || (scratch.InMemory && !mounts.IsMountPoint(path));
        Directory.CreateDirectory(path);
        if (scratch.InMemory)
        {
            mounts.MountTmpfs(path, scratch.SizeLimitBytes);
        }

        if (!isNew)
        {
            return;
        }

        Open(path, scratch.InMemory, fsGroup);
    }

    private void PrepareFiles(string path, VolumeWork.Files files, long? fsGroup)
    {
        Directory.CreateDirectory(path);
        if (files.InMemory)
        {
            mounts.MountTmpfs(path, null);
        }

        Open(path, files.InMemory, fsGroup);
        AtomicFiles.Write(path, files.Content, mounts, fsGroup, time.GetUtcNow());
    }

    /// <summary>Containers of a pod that start at the same time have one mount.</summary>
    private void PrepareImage(string path, VolumeWork.Image image)
    {
        Directory.CreateDirectory(path);
        lock (_imageMounts)
        {
            if (mounts.IsMountPoint(path))
            {
                return;
            }

            foreach (var mount in image.Mounts)
            {
                mounts.MountReadOnly(path, mount);
            }
        }
    }

    /// <summary>As kubelet does for every volume that it makes: what is inside has modes of its own. A tmpfs has its
    /// mode by its mount.</summary>
    private void Open(string path, bool inMemory, long? fsGroup)
    {
        var mode = inMemory ? File.GetUnixFileMode(path) : OpenPaths.OpenToAll;
        if (fsGroup is { } group)
        {
            mounts.SetGroup(path, group);
            mode |= UnixFileMode.SetGroup;
        }

        File.SetUnixFileMode(path, mode);
    }

    /// <summary>Deepest first. A pod's subtree is small: volumes lie at most four levels below.</summary>
    private IEnumerable<string> MountsUnder(string directory)
    {
        const int DeepestMount = 4;
        return Entries(directory, DeepestMount).Where(mounts.IsMountPoint).Reverse().ToList();
    }

    private IEnumerable<string> Entries(string directory, int levels)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(directory))
        {
            yield return entry;
            var isPlain = new FileInfo(entry).LinkTarget is null && Directory.Exists(entry);
            if (levels <= 1 || !isPlain || mounts.IsMountPoint(entry))
            {
                continue;
            }

            foreach (var inner in Entries(entry, levels - 1))
            {
                yield return inner;
            }
        }
    }
}

/// <summary>hostPath.type (core/v1 HostPathType): what must be there, or is made.</summary>
internal static class HostPaths
{
    private const int FileTypeMask = 0xF000;
    private const int Socket = 0xC000;
    private const int BlockDevice = 0x6000;
    private const int CharDevice = 0x2000;

    public static void Check(string path, string type)
    {
        switch (type)
        {
            case "":
                break;
            case "DirectoryOrCreate":
                if (!Path.Exists(path))
                {
                    OpenPaths.CreateDirectory(path, OpenPaths.ReadableDirectory);
                }

                Demand(Directory.Exists(path), path, "a directory");
                break;
            case "FileOrCreate":
                if (!Path.Exists(path))
                {
                    File.WriteAllText(path, "");
                    File.SetUnixFileMode(path, OpenPaths.ReadableFile);
                }

                Demand(File.Exists(path), path, "a file");
                break;
            case "Directory":
                Demand(Directory.Exists(path), path, "a directory");
                break;
            case "File":
                Demand(File.Exists(path) && TypeOf(path) is not (Socket or BlockDevice or CharDevice), path, "a file");
                break;
            case "Socket":
                Demand(TypeOf(path) == Socket, path, "a socket file");
                break;
            case "CharDevice":
                Demand(TypeOf(path) == CharDevice, path, "a character device");
                break;
            case "BlockDevice":
                Demand(TypeOf(path) == BlockDevice, path, "a block device");
                break;
            default:
                throw new IOException($"{type} is an invalid volume type");
        }
    }

    private static void Demand(bool isMet, string path, string what)
    {
        if (!isMet)
        {
            throw new IOException($"hostPath type check failed: {path} is not {what}");
        }
    }

    private static int TypeOf(string path) => NativeFiles.Mode(path) & FileTypeMask;
}
