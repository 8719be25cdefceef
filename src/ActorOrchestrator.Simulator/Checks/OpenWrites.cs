using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>Which objects users are changing at the moment, for all that is known: from when they asked until they were
/// answered; where no answer came, for a good while.</summary>
internal sealed class OpenWrites
{
    private static readonly TimeSpan LostFor = TimeSpan.FromMinutes(10);

    private readonly Dictionary<EntityKey, int> _open = [];
    private readonly Dictionary<EntityKey, DateTimeOffset> _lost = [];

    public void Begin(RequestTarget target) => _open[target.Key] = _open.GetValueOrDefault(target.Key) + 1;

    public void End(RequestTarget target, Exchange exchange)
    {
        _open[target.Key] = _open.GetValueOrDefault(target.Key) - 1;
        if (!exchange.Answer.IsOk && !exchange.Answer.IsRefused)
        {
            _lost[target.Key] = exchange.EndedAt;
        }
    }

    /// <summary>Whether a change of the object now may be a user's.</summary>
    public bool MayChange(EntityKey key, DateTimeOffset now) =>
        IsMeant(key, now) || IsMeant(key with { Name = "" }, now);

    private bool IsMeant(EntityKey key, DateTimeOffset now) =>
        _open.GetValueOrDefault(key) > 0 || (_lost.TryGetValue(key, out var at) && at + LostFor > now);
}
