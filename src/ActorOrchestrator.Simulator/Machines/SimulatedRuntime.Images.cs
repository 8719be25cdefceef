using System.Security.Cryptography;
using System.Text;
using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>The images on this machine's disk, and their pulls.</summary>
public sealed partial class SimulatedRuntime
{
    private const long ImageSizeBytes = 50L << 20;

    private static readonly TimeSpan SlowPullLeast = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SlowPullMost = TimeSpan.FromMinutes(2);

    private readonly SortedDictionary<string, ImageInfo> _images = new(StringComparer.Ordinal);

    /// <summary>Puts an image on the disk, as if it had been pulled before.</summary>
    public void Preload(string image)
    {
        var name = ImageCatalogue.FullName(image);
        var id = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}";
        _images[name] = new ImageInfo(id, [name], [], ImageSizeBytes, null, null);
    }

    internal async Task<string> PullImageAsync(string image)
    {
        var name = ImageCatalogue.FullName(image);
        var behavior = _catalogue.BehaviorOf(name);
        var isHere = _images.ContainsKey(name);
        if (behavior == ImageBehavior.Missing || isHere)
        {
            // Only the registry's answer is waited for.
            await WorkAsync(_weather().CallLeast, _weather().PullLeast);
        }
        else if (behavior == ImageBehavior.Slow)
        {
            await WorkAsync(SlowPullLeast, SlowPullMost);
        }
        else
        {
            await WorkAsync(_weather().PullLeast, _weather().PullMost);
        }

        if (behavior == ImageBehavior.Missing)
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.ImageNotFound,
                $"Failed to pull image \"{image}\": failed to resolve reference \"{name}\": {name}: not found");
        }

        Preload(name);
        return _images[name].Id;
    }

    /// <summary>By name or by id.</summary>
    internal ImageInfo? FindImage(string image) =>
        _images.GetValueOrDefault(ImageCatalogue.FullName(image))
            ?? _images.Values.FirstOrDefault(i => i.Id == image);

    internal IReadOnlyCollection<string> ListKeptImages() =>
        [.. _containers.Values.SelectMany(each => (string[])[each.Status.Image, each.Status.ImageRef])];

    internal async Task RemoveImageAsync(string id)
    {
        await WorkAsync(_weather().CallLeast, _weather().PullLeast);
        foreach (var name in _images.Where(image => image.Value.Id == id).Select(image => image.Key).ToList())
        {
            _images.Remove(name);
            ImageRemoved?.Invoke(name);
        }
    }

    internal IReadOnlyList<ImageInfo> ListImages() => [.. _images.Values];
}
