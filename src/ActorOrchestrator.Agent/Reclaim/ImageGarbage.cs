using ActorOrchestrator.Agent.Nodes;

namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>
/// Which unused images go, by kubelet's rules. Pure. With thresholds of 85 and 80 percent, on a disk of 100 GB:
/// <code>
///   free      used    to be freed
///   16 GB     84 %    nothing
///   14 GB     86 %    6 GB, so that 20 GB are free
/// </code>
/// The one that was unused for longest goes first, of two the one that is here for longer.
/// </summary>
public static class ImageGarbage
{
    private const long Percents = 100;

    /// <summary>The bytes that are to be freed; zero while the disk is not too full.</summary>
    public static long Excess(Supply disk, ImageGarbageSettings settings)
    {
        // In decimals, as a hundred times a disk's bytes may be more than fits.
        var isFull = disk.Capacity > 0
            && (decimal)(disk.Capacity - disk.Available) * Percents
                >= (decimal)disk.Capacity * settings.HighThresholdPercent;
        return isFull && settings.HighThresholdPercent < Percents
            ? Math.Max(0, (long)((decimal)disk.Capacity * (Percents - settings.LowThresholdPercent) / Percents)
                - disk.Available)
            : 0;
    }

    /// <summary>Whether one has lain here unused for so long that it goes for that reason alone.</summary>
    public static bool HasExpired(ImageLedger ledger, ImageGarbageSettings settings, DateTimeOffset now) =>
        ledger.Records.Values.Any(record => HasExpired(record, settings, now));

    /// <summary>The next image to go; null when none is to or may.</summary>
    /// <param name="ledger">What is here.</param>
    /// <param name="uses">What is not to be removed, whoever wants it.</param>
    /// <param name="bytes">How much is still to be freed.</param>
    /// <param name="settings">The rules.</param>
    /// <param name="now">The time.</param>
    public static ImageRecord? Next(
        ImageLedger ledger, ImageUses uses, long bytes, ImageGarbageSettings settings, DateTimeOffset now) =>
        ledger.Records.Values
            .Where(record => !uses.Has(record.Image) && now - record.FirstSeen >= settings.MinimumAge
                && (bytes > 0 || HasExpired(record, settings, now)))
            .OrderBy(record => record.LastUsed ?? DateTimeOffset.MinValue).ThenBy(record => record.FirstSeen)
            .ThenBy(record => record.Image.Id, StringComparer.Ordinal)
            .FirstOrDefault();

    private static bool HasExpired(ImageRecord record, ImageGarbageSettings settings, DateTimeOffset now) =>
        settings.MaximumAge > TimeSpan.Zero && record.UnusedFor(now) > settings.MaximumAge;
}
