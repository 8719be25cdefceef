using System.Collections.Immutable;
using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Agent.Volumes;

/// <summary>
/// The files of pods on this machine:
/// <code>
///   pods/UID/volumes/PLUGIN/NAME           the volumes
///   pods/UID/volume-subpaths/NAME/C/I      what a container mounts by subPath
///   pods/UID/containers/C/N                the termination message of attempt N
///   pods/UID/etc-hosts
///   logs/pods/NAMESPACE_POD_UID/C/N.log    written by the runtime
/// </code>
/// </summary>
public sealed class LocalPodFiles(
    string podsDirectory, string logsDirectory, string clusterDomain, IHostMounts mounts, TimeProvider time) : IPodFiles
{
    private const UnixFileMode WritableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const string MachineHosts = "/etc/hosts";
    private const string Volumes = "volumes";
    private const string SubPaths = "volume-subpaths";

    private readonly VolumeDirectories _volumes = new(mounts, time);

    public string LogDirectory(PodPlace place) =>
        Path.Combine(logsDirectory, $"{place.Namespace}_{place.Name}_{place.Uid}");

    public void Prepare(PodPlace place, VolumeWork work, long? fsGroup) =>
        _volumes.Prepare(PodDirectory(place.Uid), VolumePath(place.Uid, work), work, fsGroup);

    public IReadOnlyList<MountConfig> Mounts(ContainerMounts wanted)
    {
        try
        {
            return MakeMounts(wanted);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new VolumeException(
                $"failed to write the files of container \"{wanted.Container.Name}\": "
                    + FailureWords.Of(failed), failed);
        }
    }

    private List<MountConfig> MakeMounts(ContainerMounts wanted)
    {
        var result = new List<MountConfig>();
        var place = PodPlace.Of(wanted.Pod);
        // A runtime that makes it would let everybody look into it.
        Directory.CreateDirectory(
            Path.Combine(LogDirectory(place), wanted.Container.Name), OpenPaths.Private);
        var index = 0;
        foreach (var mount in wanted.Container.VolumeMounts)
        {
            result.Add(VolumeMount(wanted, mount, place, index++));
        }

        var isHostsFree = wanted.Container.VolumeMounts.All(m => m.MountPath != MachineHosts);
        if (isHostsFree)
        {
            result.Add(new MountConfig(MachineHosts, WriteHosts(wanted, place), ReadOnly: false));
        }

        var messagePath = ContainerConfigPlan.MessagePath(wanted.Container);
        result.Add(new MountConfig(messagePath, NewMessageFile(wanted, place), ReadOnly: false));
        return result;
    }

    public string TerminationMessage(PodPlace place, Container container, ContainerRuntimeStatus status)
    {
        var written = TerminationMessages.Read(MessageFile(place.Uid, container.Name, status.Attempt));
        var isFallback = written.Length == 0 && status.ExitCode != 0
            && container.TerminationMessagePolicy == "FallbackToLogsOnError";
        return isFallback ? TerminationMessages.LogTail(status.LogPath) : written;
    }

    public StorageUse StorageOf(Pod pod)
    {
        var place = PodPlace.Of(pod);
        var disk = new DiskUse();
        foreach (var image in pod.Spec.Volumes.Where(volume => volume.Image is not null))
        {
            disk.LeaveOut(VolumePath(place.Uid, image));
            disk.LeaveOut(Path.Combine(PodDirectory(place.Uid), SubPaths, image.Name));
        }

        var volumes = pod.Spec.Volumes.Where(StorageLimits.IsOnDisk).ToImmutableSortedDictionary(
            volume => volume.Name,
            volume => disk.BytesBelow(VolumePath(place.Uid, volume)));
        var containers = Children(LogDirectory(place)).ToImmutableSortedDictionary(
            container => container, container => disk.BytesBelow(Path.Combine(LogDirectory(place), container)));
        // What was counted above is not counted again.
        return new StorageUse(time.GetUtcNow(), volumes, containers, disk.BytesBelow(PodDirectory(place.Uid)));
    }

    public void TearDownVolumes(string uid)
    {
        foreach (var name in (string[])[SubPaths, Volumes])
        {
            _volumes.Remove(Path.Combine(PodDirectory(uid), name));
        }
    }

    public void RemoveAttempt(PodPlace place, string container, uint attempt)
    {
        if (MessageFile(place.Uid, container, attempt) is var message && File.Exists(message))
        {
            File.Delete(message);
        }

        var logs = Path.Combine(LogDirectory(place), container);
        var current = $"{attempt}.log";
        var names = Directory.Exists(logs) ? Directory.EnumerateFiles(logs) : [];
        foreach (var file in names.Where(each => IsOfLog(Path.GetFileName(each), current)))
        {
            File.Delete(file);
        }

        static bool IsOfLog(string name, string current) =>
            name == current || name.StartsWith(current + ".", StringComparison.Ordinal);
    }

    public void RemoveTraces(PodPlace place)
    {
        TearDownVolumes(place.Uid);
        Delete(PodDirectory(place.Uid));
        Delete(LogDirectory(place));
    }

    public IReadOnlyList<PodPlace> Known()
    {
        var places = new Dictionary<string, PodPlace>(StringComparer.Ordinal);
        foreach (var name in Children(podsDirectory))
        {
            places[name] = new PodPlace("", "", name);
        }

        foreach (var name in Children(logsDirectory))
        {
            if (name.Split('_') is [var podNamespace, var podName, var uid])
            {
                places[uid] = new PodPlace(podNamespace, podName, uid);
            }
        }

        return [.. places.Values];
    }

    private MountConfig VolumeMount(ContainerMounts wanted, VolumeMount mount, PodPlace place, int index)
    {
        var volume = wanted.Pod.Spec.Volumes.FirstOrDefault(v => v.Name == mount.Name)
            ?? throw new VolumeException($"no volume \"{mount.Name}\" for mount {mount.MountPath}");
        var root = volume.HostPath?.Path ?? VolumePath(place.Uid, volume);
        var subPath = SubPathOf(mount, wanted.VariableOf);
        var result = new MountConfig(
            mount.MountPath, root, mount.ReadOnly || VolumeDirectories.IsReadOnly(volume),
            mount.MountPropagation ?? "None")
        {
            KeepsOwners = volume.Image is not null,
        };
        if (wanted.Images.TryGetValue(volume.Name, out var image))
        {
            return result with { HostPath = "", KeepsOwners = false, Image = new MountedImage(image, subPath) };
        }

        return subPath.Length == 0
            ? result
            : result with { HostPath = BindSubPath(wanted.Container.Name, place, volume, index, root, subPath) };
    }

    private string BindSubPath(
        string container, PodPlace place, Volume volume, int index, string root, string subPath)
    {
        var target = Path.Combine(PodDirectory(place.Uid), SubPaths, volume.Name, container, $"{index}");
        try
        {
            var bound = mounts.BindInside(root, subPath, target);
            // Runtimes that mount images themselves mount directories of them only.
            return volume.Image is null || Directory.Exists(bound)
                ? bound
                : throw new IOException($"only directories of an image are mounted, and {subPath} is none");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new VolumeException(
                $"failed to prepare subPath for volumeMount \"{volume.Name}\" of container \"{container}\""
                    + (volume.Image is null ? "" : $": {FailureWords.Of(refused)}"),
                refused)
            {
                IsOfImage = volume.Image is not null,
            };
        }
    }

    private static string SubPathOf(VolumeMount mount, Func<string, string?> variableOf)
    {
        var path = mount.SubPath ?? "";
        if (mount.SubPathExpr is { Length: > 0 } expression)
        {
            path = Expansion.Expand(expression, name => variableOf(name)
                ?? throw new VolumeException($"missing value for \"{name}\" in subPathExpr \"{expression}\""));
        }

        if (path.Length == 0)
        {
            return "";
        }

        if (path.StartsWith('/'))
        {
            throw new VolumeException($"error SubPath `{path}` must not be an absolute path");
        }

        if (path.Split('/').Contains(".."))
        {
            throw new VolumeException($"unable to provision SubPath `{path}`: must not contain '..'");
        }

        return path;
    }

    private string WriteHosts(ContainerMounts wanted, PodPlace place)
    {
        var path = Path.Combine(PodDirectory(place.Uid), "etc-hosts");
        var machine = wanted.Pod.Spec.HostNetwork ? File.ReadAllText(MachineHosts) : "";
        var text = HostsFile.Of(wanted.Pod, wanted.PodIps, clusterDomain, machine);
        Directory.CreateDirectory(PodDirectory(place.Uid), OpenPaths.Private);
        if (!File.Exists(path) || File.ReadAllText(path) != text)
        {
            File.WriteAllText(path, text);
        }

        File.SetUnixFileMode(path, OpenPaths.ReadableFile);
        return path;
    }

    private string NewMessageFile(ContainerMounts wanted, PodPlace place)
    {
        var path = MessageFile(place.Uid, wanted.Container.Name, wanted.Attempt);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OpenPaths.Private);
        File.WriteAllText(path, "");
        File.SetUnixFileMode(path, WritableByAll);
        return path;
    }

    private string MessageFile(string uid, string container, uint attempt) =>
        Path.Combine(PodDirectory(uid), "containers", container, $"{attempt}");

    private string VolumePath(string uid, VolumeWork work) =>
        Path.Combine(PodDirectory(uid), Volumes, work.Plugin, work.Name);

    private string VolumePath(string uid, Volume volume) =>
        Path.Combine(PodDirectory(uid), Volumes, VolumeDirectories.PluginOf(volume), volume.Name);

    private string PodDirectory(string uid) => Path.Combine(podsDirectory, uid);

    private static IEnumerable<string> Children(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateDirectories(directory).Select(d => Path.GetFileName(d)) : [];

    private static void Delete(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
