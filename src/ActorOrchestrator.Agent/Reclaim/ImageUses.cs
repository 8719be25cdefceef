using System.Collections.Immutable;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Images;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>The names and ids of images that are not to be removed.</summary>
public sealed class ImageUses
{
    public static readonly ImageUses None = new([]);

    private readonly ImmutableHashSet<string> _names;

    private ImageUses(ImmutableHashSet<string> names) => _names = names;

    /// <summary>By pods that are here, whether they run, wait or have ended: they may start again, and need not ask a
    /// registry for what was here.</summary>
    public static ImageUses Of(IEnumerable<Pod> pods) => new(
        [.. pods.SelectMany(pod => pod.Spec.AllContainers().Select(container => container.Image)
                .Concat(pod.Spec.Volumes.Select(volume => volume.Image?.Reference)))
            .SelectMany(image => Names(image ?? ""))]);

    public static ImageUses Of(IEnumerable<ContainerRuntimeStatus> containers) =>
        new([.. containers.SelectMany(container => (string[])[container.Image, container.ImageRef])]);

    public ImageUses And(ImageUses others) => new(_names.Union(others._names));

    public ImageUses And(IEnumerable<string> names) => new(_names.Union(names));

    public bool Has(ImageInfo image) =>
        _names.Contains(image.Id) || image.Tags.Any(_names.Contains) || image.Digests.Any(_names.Contains);

    /// <summary>As the runtime has it: in full, and by tag and digest each.</summary>
    private static IEnumerable<string> Names(string written)
    {
        yield return written;
        if (ImageReference.Parse(written) is { } reference)
        {
            yield return (reference with { Digest = null }).ToString();
            yield return (reference with { Tag = null }).ToString();
        }
    }
}
