using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>A member whose journal was away or failed, and does not any more, says within a moment that it is well,
/// also when nobody writes: whoever asks /readyz sends it nothing before it does.</summary>
internal sealed class JournalHealthCheck() : PeriodicCheck(TimeSpan.FromSeconds(1))
{
    /// <summary>It tries every second.</summary>
    private static readonly TimeSpan ToldWithin = TimeSpan.FromSeconds(5);

    /// <summary>A commit that stalled may be under way for as long.</summary>
    private static readonly TimeSpan StallMost = TimeSpan.FromSeconds(40);

    private readonly Dictionary<string, DateTimeOffset> _troubledAt = new(StringComparer.Ordinal);
    private DateTimeOffset _stalledAt = DateTimeOffset.MinValue;

    public override string Guarantee => "journal";

    protected override void Look()
    {
        var now = World.Loop.Now;
        var (weather, network) = (World.LogWeather, World.Network);
        _stalledAt = weather.StallChance > 0 ? now : _stalledAt;
        foreach (var host in World.Control.Hosts)
        {
            if (!host.IsServing || weather.IsAway || weather.FailChance > 0
                || network.IsCut(host.Name, World.Database) || network.IsCut(World.Database, host.Name))
            {
                _troubledAt[host.Name] = now;
            }
            else if (host.Member?.Journal.Writer.Health.CommitProblem is { } problem
                && _troubledAt.GetValueOrDefault(host.Name) + ToldWithin < now && _stalledAt + StallMost < now)
            {
                Violate($"{host.Name} says \"{problem}\", and the journal is well since "
                    + $"{_troubledAt.GetValueOrDefault(host.Name):HH:mm:ss}");
            }
        }
    }
}
