using System.Collections.Immutable;

namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>A removal of unused images that is under way.</summary>
/// <param name="Wanted">The bytes that are to be freed; 0 when only old ones go.</param>
/// <param name="Rules">Which may go.</param>
internal sealed record ImageCollection(long Wanted, ImageGarbageSettings Rules)
{
    /// <summary>Of whatever is unused, new or not: pods would have to go otherwise.</summary>
    public static readonly ImageCollection OfAll = new(
        long.MaxValue, new ImageGarbageSettings { MinimumAge = TimeSpan.Zero });

    public ImageUses Kept { get; init; } = ImageUses.None;

    /// <summary>By the images' sizes: what they share with others is counted, as by kubelet.</summary>
    public long Freed { get; init; }

    public ImmutableList<string> Problems { get; init; } = [];

    public long Wanting => Math.Max(0, Wanted - Freed);

    /// <summary>Why it was not enough; null when it was.</summary>
    public string? Shortfall => (Wanting, Problems) switch
    {
        (0, { IsEmpty: true }) => null,
        (_, { IsEmpty: false }) => $"Wanted to free {Wanted} bytes, but freed {Freed} bytes space with errors in image "
            + $"deletion: {string.Join("; ", Problems)}",
        _ => $"Failed to garbage collect required amount of images. Attempted to free {Wanted} bytes, "
            + $"but only found {Freed} bytes eligible to free.",
    };
}
