using System.Text;

namespace ActorOrchestrator.Simulator.Time;

/// <summary>
/// Random numbers of one purpose. Each purpose has a stream of its own, so that one more draw for the network does not
/// change what the workload does under the same seed. SplitMix64: the same numbers on every machine, for ever.
/// </summary>
public sealed class Dice
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    public Dice(ulong seed, string purpose)
    {
        const ulong offsetBasis = 14695981039346656037;
        const ulong prime = 1099511628211;
        var hash = offsetBasis;
        foreach (var value in Encoding.UTF8.GetBytes(purpose))
        {
            hash = (hash ^ value) * prime;
        }

        _state = seed * Golden ^ hash;
    }

    /// <summary>The stream of another purpose, which begins where this one stands and takes nothing from it.</summary>
    public Dice Apart(string purpose) => new(_state, purpose);

    public ulong NextBits()
    {
        _state += Golden;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From 0 to below <paramref name="bound"/>; the bias of the remainder is below 2^-32 for the bounds in
    /// use.</summary>
    public int Below(int bound) => bound <= 0
        ? throw new ArgumentOutOfRangeException(nameof(bound), bound, "nothing to draw from")
        : (int)(NextBits() % (ulong)bound);

    /// <summary>Both ends included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>From 0 to below 1.</summary>
    public double Fraction() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => probability > 0 && Fraction() < probability;

    /// <summary>Evenly between two spans.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) =>
        least + TimeSpan.FromTicks((long)(Fraction() * (most - least).Ticks));

    /// <summary>Waiting time until the next of events that come <paramref name="mean"/> apart on average.</summary>
    public TimeSpan Exponential(TimeSpan mean) =>
        TimeSpan.FromTicks((long)(-Math.Log(1 - Fraction()) * mean.Ticks));

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>A text of <paramref name="length"/> characters of Kubernetes' alphabet for generated names.</summary>
    public string Suffix(int length)
    {
        const string alphabet = "bcdfghjklmnpqrstvwxz2456789";
        return string.Create(length, this, static (text, dice) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = alphabet[dice.Below(alphabet.Length)];
            }
        });
    }
}
