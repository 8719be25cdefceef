namespace ActorOrchestrator.Simulator.Log;

/// <summary>How the disk behaves at the moment.</summary>
public sealed record LogWeather
{
    public static readonly LogWeather Fair = new();

    /// <summary>Between an append and its durability, and again until the writer hears of it.</summary>
    public TimeSpan CommitLeast { get; init; } = TimeSpan.FromMicroseconds(140);

    public TimeSpan CommitMost { get; init; } = TimeSpan.FromMilliseconds(4);

    /// <summary>Share of commits that fail, with nothing stored.</summary>
    public double FailChance { get; init; }

    /// <summary>Share of commits and reads that hang for <see cref="StallMost"/> at most.</summary>
    public double StallChance { get; init; }

    public TimeSpan StallMost { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Neither reads nor writes succeed.</summary>
    public bool IsAway { get; init; }
}
