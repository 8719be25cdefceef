using ActorOrchestrator.Agent.Cri.Calls;
using ActorOrchestrator.Agent.Cri.Protocol;
using ActorOrchestrator.Agent.Images;

namespace ActorOrchestrator.Agent.Cri;

/// <summary>For the removal of images: which must stay, and where they are.</summary>
public sealed partial class CriRuntime
{
    /// <summary>containerd's own label, which its CRI tells of from 1.7 on.</summary>
    private const string PinnedFilter = "labels.\"io.cri-containerd.pinned\"==pinned";

    public async Task<IReadOnlyCollection<string>> KeptImagesAsync(CancellationToken cancellation)
    {
        var kept = new HashSet<string>(StringComparer.Ordinal);
        var images = await CallAsync(
            Images(QueryTimeout).ListImagesAsync(new ListImagesRequest(), cancellationToken: cancellation));
        kept.UnionWith(images.Images.Where(image => image.Pinned).Select(image => image.Id));
        kept.UnionWith(await LabelledAsync(cancellation));
        var containers = await CallAsync(Runtime(QueryTimeout).ListContainersAsync(
            new ListContainersRequest(), cancellationToken: cancellation));
        foreach (var container in containers.Containers)
        {
            kept.Add(container.ImageRef);
            kept.Add(container.Image?.Image ?? "");
        }

        // containerd before 2.0 tells the image of its sandboxes with its configuration only.
        if (await ConfiguredAsync("sandboxImage", cancellation) is { } name)
        {
            kept.Add(name);
            kept.Add(ImageReference.Parse(name)?.ToString() ?? name);
        }

        return kept;
    }

    public async Task RemoveImageAsync(string id, CancellationToken cancellation) =>
        await CallUnlessGoneAsync(Images(CallTimeout).RemoveImageAsync(
            new RemoveImageRequest { Image = new ImageSpec { Image = id } }, cancellationToken: cancellation));

    public async Task<string?> ImageDirectoryAsync(CancellationToken cancellation)
    {
        var answer = await CallAsync(
            Images(QueryTimeout).ImageFsInfoAsync(new ImageFsInfoRequest(), cancellationToken: cancellation));
        return answer.ImageFilesystems.Select(each => each.FsId?.Mountpoint)
            .FirstOrDefault(place => !string.IsNullOrEmpty(place));
    }

    private async Task<IEnumerable<string>> LabelledAsync(CancellationToken cancellation)
    {
        if (!(await AbilitiesAsync(cancellation)).HasContainerdServices)
        {
            return [];
        }

        var request = new Protocol.Containerd.ListImagesRequest();
        request.Filters.Add(PinnedFilter);
        var pinned = await CallAsync(_channel.ContainerdImages(QueryTimeout).ListAsync(
            request, RuntimeChannel.InNamespace(), cancellationToken: cancellation));
        return pinned.Images.Select(image => image.Name);
    }
}
