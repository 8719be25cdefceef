using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Host.Hocon;

namespace ActorOrchestrator.Host.Settings;

/// <summary>What becomes of the pods of machines that are lost: the block <c>node-loss</c>.</summary>
internal sealed record NodeLossSettings
{
    private const double PercentOfAll = 100;

    public required DefaultTolerations Tolerations { get; init; }
    public required TimeSpan RestartPatience { get; init; }
    public required DampingSettings Damping { get; init; }

    public static NodeLossSettings From(HoconReader reader) => new()
    {
        Tolerations = new DefaultTolerations(
            notReady: Seconds(reader, "node-loss.not-ready-toleration"),
            unreachable: Seconds(reader, "node-loss.unreachable-toleration")),
        RestartPatience = reader.Duration("node-loss.restart-patience", min: "1s"),
        Damping = new DampingSettings
        {
            AtOnce = reader.Int("node-loss.at-once", min: 1),
            AtOnceShare = Share(reader, "node-loss.at-once-share"),
            EachAfter = reader.Duration("node-loss.each-after", min: "10ms"),
            ShareASecond = Share(reader, "node-loss.share-a-second"),
            SlowFrom = Share(reader, "node-loss.slow-from"),
            HoldFrom = Share(reader, "node-loss.hold-from"),
            Settle = reader.Duration("node-loss.settle"),
        },
    };

    private static long Seconds(HoconReader reader, string path) =>
        reader.Duration(path) is var time && time.Ticks % TimeSpan.TicksPerSecond == 0
            ? (long)time.TotalSeconds
            : throw new SettingsException($"{path}: not whole seconds, as tolerationSeconds are");

    private static double Share(HoconReader reader, string path) => reader.Percentage(path) / PercentOfAll
        ?? throw new SettingsException($"{path}: not a share such as 10%");
}
