namespace ActorOrchestrator.Simulator.Sharding;

/// <summary>How messages between entities fare at the moment, on one member too.</summary>
public sealed record ShardWeather
{
    public static readonly ShardWeather Fair = new();

    /// <summary>Share of messages without an answer that never arrive.</summary>
    public double LossChance { get; init; }

    /// <summary>Share of messages without an answer that arrive twice.</summary>
    public double DoubleChance { get; init; }
}
