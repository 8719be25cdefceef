namespace ActorOrchestrator.Simulator.Network;

/// <summary>How the network behaves at the moment.</summary>
public sealed record NetworkWeather
{
    public static readonly NetworkWeather Fair = new();

    public TimeSpan DelayLeast { get; init; } = TimeSpan.FromMicroseconds(100);

    public TimeSpan DelayMost { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Share of messages that take up to <see cref="LateMost"/> instead: later ones overtake them.</summary>
    public double LateChance { get; init; }

    public TimeSpan LateMost { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Share of messages that never arrive.</summary>
    public double LossChance { get; init; }

    /// <summary>Share of requests that arrive twice.</summary>
    public double DoubleChance { get; init; }
}
