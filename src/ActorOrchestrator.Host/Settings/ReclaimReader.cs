using System.Collections.Immutable;
using ActorOrchestrator.Agent.Reclaim;
using ActorOrchestrator.Host.Hocon;

namespace ActorOrchestrator.Host.Settings;

/// <summary>What a machine gives back when it is short of something: <c>node.images</c> and
/// <c>node.eviction</c>.</summary>
internal static class ReclaimReader
{
    private static readonly (string Name, Signal Signal)[] s_signals =
    [
        ("memory-available", Signal.MemoryAvailable), ("nodefs-available", Signal.NodefsAvailable),
        ("nodefs-inodes-free", Signal.NodefsInodesFree), ("imagefs-available", Signal.ImagefsAvailable),
        ("imagefs-inodes-free", Signal.ImagefsInodesFree), ("pid-available", Signal.PidAvailable),
    ];

    public static ImageGarbageSettings Images(HoconReader reader)
    {
        var high = reader.Int("node.images.high-threshold", min: 1, max: 100);
        var low = reader.Int("node.images.low-threshold", min: 0, max: 99);
        return new ImageGarbageSettings
        {
            HighThresholdPercent = high,
            LowThresholdPercent = low < high
                ? low
                : throw new SettingsException("node.images.low-threshold: not below node.images.high-threshold"),
            MinimumAge = reader.Duration("node.images.minimum-age"),
            MaximumAge = reader.Duration("node.images.maximum-age"),
        };
    }

    public static EvictionSettings Eviction(HoconReader reader) => new()
    {
        Signals = s_signals.ToImmutableSortedDictionary(
            each => each.Signal, each => RulesOf(reader, $"node.eviction.{each.Name}", each.Signal)),
        TransitionPeriod = reader.Duration("node.eviction.transition-period"),
        SoftPodGraceMax = reader.Duration("node.eviction.soft-pod-grace-max"),
    };

    private static SignalSettings RulesOf(HoconReader reader, string path, Signal signal)
    {
        var isCounted = signal is Signal.NodefsInodesFree or Signal.ImagefsInodesFree or Signal.PidAvailable;
        return new SignalSettings
        {
            Hard = Amount("hard"),
            Soft = Amount("soft"),
            SoftGracePeriod = reader.Duration($"{path}.soft-grace-period"),
            MinimumReclaim = Amount("minimum-reclaim"),
        };

        Amount Amount(string name) => reader.Percentage($"{path}.{name}") is { } percent
            ? new Amount(0, percent)
            : new Amount(isCounted ? reader.Int($"{path}.{name}", min: 0) : reader.Size($"{path}.{name}"));
    }
}
