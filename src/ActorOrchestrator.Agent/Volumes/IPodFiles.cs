using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Volumes;

/// <summary>Where a pod lives on the machine.</summary>
public sealed record PodPlace(string Namespace, string Name, string Uid)
{
    public static PodPlace Of(Pod pod) =>
        new(pod.Metadata.Namespace ?? "", pod.Metadata.Name ?? "", pod.Metadata.Uid ?? "");
}

/// <summary>The files of pods on a machine: volumes, hosts files, termination messages, logs.</summary>
public interface IPodFiles
{
    /// <summary>The directory that the runtime writes a pod's container logs under.</summary>
    string LogDirectory(PodPlace place);

    /// <summary>Brings a volume to what <paramref name="work"/> says; idempotent.</summary>
    /// <exception cref="VolumeException">It cannot be had; the message is kubelet's.</exception>
    void Prepare(PodPlace place, VolumeWork work, long? fsGroup);

    /// <summary>The mounts of one container: its volumes, its hosts file and its termination message file.</summary>
    /// <exception cref="VolumeException">A mount cannot be made.</exception>
    IReadOnlyList<MountConfig> Mounts(ContainerMounts wanted);

    /// <summary>What the container left as its last words; empty when nothing.</summary>
    string TerminationMessage(PodPlace place, Container container, ContainerRuntimeStatus status);

    /// <summary>What the pod's volumes, logs and other files take on the disk; not what its containers wrote to file
    /// systems of their own.</summary>
    StorageUse StorageOf(Pod pod);

    /// <summary>Unmounts and deletes the volumes of a pod; idempotent.</summary>
    void TearDownVolumes(string uid);

    /// <summary>Deletes the logs, rotated ones with them, and the last words of one incarnation of a container;
    /// idempotent.</summary>
    void RemoveAttempt(PodPlace place, string container, uint attempt);

    /// <summary>Deletes what is left of a pod: its directory and its logs; idempotent.</summary>
    void RemoveTraces(PodPlace place);

    /// <summary>Pods that have a directory or logs here.</summary>
    IReadOnlyList<PodPlace> Known();
}

/// <summary>What <see cref="IPodFiles.Mounts"/> makes mounts for.</summary>
public sealed record ContainerMounts(
    Pod Pod, Container Container, uint Attempt, ValueList<string> PodIps, Func<string, string?> VariableOf)
{
    /// <summary>By volume: the ids of the images that the runtime mounts.</summary>
    public IReadOnlyDictionary<string, string> Images { get; init; } = new Dictionary<string, string>();
}

/// <summary>A volume or a mount cannot be had; the message is what kubelet's event says.</summary>
public sealed class VolumeException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>An image's: the runtime says so, or would, when the container is created.</summary>
    public bool IsOfImage { get; init; }
}
