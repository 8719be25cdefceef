using System.Collections.Immutable;
using ActorOrchestrator.Agent.Nodes;

namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>A bound that one of a signal's supplies is to keep.</summary>
public readonly record struct Threshold(Signal Signal, bool IsHard)
{
    /// <summary>Memory first, as it runs out fastest; hard ones before soft ones.</summary>
    public static readonly IComparer<Threshold> InOrder = Comparer<Threshold>.Create((one, other) =>
        (one.Signal, !one.IsHard).CompareTo((other.Signal, !other.IsHard)));
}

/// <summary>A threshold that is passed: since when, what it is, and what there is.</summary>
public sealed record Breach(Threshold Threshold, DateTimeOffset Since, long Limit, Supply Supply);

/// <summary>
/// What a machine is short of, by kubelet's rules. Pure. A threshold of 100 with 20 to be reclaimed beyond it, a
/// transition period of five minutes:
/// <code>
///   available   110    90    110    125    130 …                  125
///   breached     no   yes    yes     no     no                     no
///   condition    no   yes    yes    yes    yes (for five minutes)  no
/// </code>
/// </summary>
public sealed record Pressure
{
    public static readonly Pressure None = new();

    /// <summary>The thresholds that are passed, in the order in which they are dealt with.</summary>
    public ImmutableSortedDictionary<Threshold, Breach> Breaches { get; private init; } =
        ImmutableSortedDictionary.Create<Threshold, Breach>(Threshold.InOrder);

    /// <summary>When each condition was last caused.</summary>
    private ImmutableSortedDictionary<string, DateTimeOffset> LastCaused { get; init; } =
        ImmutableSortedDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal);

    /// <summary>The node's conditions that are true.</summary>
    public ImmutableSortedSet<string> Conditions { get; private init; } =
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>After another look at the machine.</summary>
    public Pressure Observed(Levels levels, EvictionSettings settings, DateTimeOffset now)
    {
        var breaches = Breaches.Clear().ToBuilder();
        var caused = LastCaused;
        foreach (var (signal, rules) in settings.Signals)
        {
            if (!levels.Supplies.TryGetValue(signal, out var supply))
            {
                continue;
            }

            foreach (var isHard in (bool[])[true, false])
            {
                var threshold = new Threshold(signal, isHard);
                if (Breached(threshold, isHard ? rules.Hard : rules.Soft, rules, supply, now) is { } breach)
                {
                    breaches.Add(threshold, breach);
                    caused = caused.SetItem(signal.ConditionOf(), now);
                }
            }
        }

        return new Pressure
        {
            Breaches = breaches.ToImmutable(),
            LastCaused = caused,
            Conditions = [.. caused.Where(each => each.Value == now || now - each.Value < settings.TransitionPeriod)
                .Select(each => each.Key)],
        };
    }

    /// <summary>What is to be dealt with first; null when there is nothing, or its grace period lasts.</summary>
    public Breach? Due(EvictionSettings settings, DateTimeOffset now) => Breaches.Values.FirstOrDefault(breach =>
        breach.Threshold.IsHard
        || now - breach.Since >= settings.Signals[breach.Threshold.Signal].SoftGracePeriod);

    private Breach? Breached(
        Threshold threshold, Amount amount, SignalSettings rules, Supply supply, DateTimeOffset now)
    {
        if (amount.IsZero)
        {
            return null;
        }

        var limit = amount.Of(supply.Capacity);
        var known = Breaches.GetValueOrDefault(threshold);
        var enough = known is null ? limit : limit + rules.MinimumReclaim.Of(supply.Capacity);
        return supply.Available < enough ? new Breach(threshold, known?.Since ?? now, limit, supply) : null;
    }
}
