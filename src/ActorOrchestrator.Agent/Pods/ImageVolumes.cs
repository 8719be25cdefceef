using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// Images that pods have as volumes: pulled like those of containers, before a container starts that mounts them, and
/// mounted with its start. What a volume shows is settled by its first mount, and stays for the pod's life.
/// </summary>
internal static class ImageVolumes
{
    /// <summary>Who mounts the pod's images; nobody where it has none.</summary>
    public static async Task<ImageMounter> MounterAsync(WorkerPorts ports, Pod pod, CancellationToken cancellation) =>
        pod.Spec.Volumes.Any(volume => volume.Image is not null)
            ? await ports.Runtime.ImageMounterAsync(cancellation)
            : ImageMounter.Nobody;

    /// <summary>Those that the container mounts.</summary>
    public static IEnumerable<Volume> Of(Pod pod, Container container) => pod.Spec.Volumes.Where(volume =>
        volume.Image is not null && container.VolumeMounts.Any(mount => mount.Name == volume.Name));

    /// <summary>Mounts them for a container, where the runtime will not.</summary>
    /// <returns>By volume: the ids of the images that the runtime will mount.</returns>
    /// <exception cref="ContainerRuntimeException">The runtime has no view to give.</exception>
    /// <exception cref="VolumeException">It cannot be mounted.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> MountAsync(
        WorkerPorts ports, Pod pod, IReadOnlyDictionary<string, string> images, CancellationToken cancellation)
    {
        if (images.Count == 0 || await MounterAsync(ports, pod, cancellation) == ImageMounter.Runtime)
        {
            return images;
        }

        var place = PodPlace.Of(pod);
        foreach (var (volume, image) in images)
        {
            var mounts = await ports.Runtime.ViewImageAsync(new ImageView(place.Uid, volume, image), cancellation);
            ports.Files.Prepare(place, new VolumeWork.Image(volume, mounts.ToValueList()), fsGroup: null);
        }

        return new Dictionary<string, string>();
    }

    /// <summary>What the runtime has of the pod's images, which are mounted no more. Of a pod that is known by its
    /// sandbox only it is not known whether it had any.</summary>
    public static async Task RemoveAsync(WorkerPorts ports, Pod pod, CancellationToken cancellation)
    {
        if (pod.Spec.Containers.Count == 0 || pod.Spec.Volumes.Any(volume => volume.Image is not null))
        {
            await ports.Runtime.RemoveImageViewsAsync(PodPlace.Of(pod).Uid, cancellation);
        }
    }
}
