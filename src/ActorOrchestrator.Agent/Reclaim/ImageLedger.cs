using System.Collections.Immutable;
using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>An image on the machine, and since when it lies unused.</summary>
/// <param name="Image">The image.</param>
/// <param name="FirstSeen">When this agent first saw it.</param>
/// <param name="LastUsed">When it was last seen in use; null: never by this agent.</param>
public sealed record ImageRecord(ImageInfo Image, DateTimeOffset FirstSeen, DateTimeOffset? LastUsed)
{
    public TimeSpan UnusedFor(DateTimeOffset now) => now - (LastUsed ?? FirstSeen);
}

/// <summary>
/// The images of a machine by id. It is not written down: after a restart of the agent all have been seen just now, and
/// go later rather than sooner.
/// </summary>
public sealed record ImageLedger
{
    public static readonly ImageLedger Empty = new();

    public ImmutableSortedDictionary<string, ImageRecord> Records { get; private init; } =
        ImmutableSortedDictionary.Create<string, ImageRecord>(StringComparer.Ordinal);

    /// <summary>The ledger after a look at the machine: what is gone from it is forgotten.</summary>
    public ImageLedger Seen(IEnumerable<ImageInfo> images, ImageUses uses, DateTimeOffset now)
    {
        var records = Records.Clear().ToBuilder();
        foreach (var image in images)
        {
            var known = Records.GetValueOrDefault(image.Id) ?? new ImageRecord(image, now, null);
            records[image.Id] = known with { Image = image, LastUsed = uses.Has(image) ? now : known.LastUsed };
        }

        return this with { Records = records.ToImmutable() };
    }

    public ImageLedger Without(string id) => this with { Records = Records.Remove(id) };
}
