using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace ActorOrchestrator.Actors.Telemetry;

/// <summary>Numbers by the values of up to two labels, of which there are few. They count from the start, and not only
/// while somebody listens, as .NET's own counters do; and they can be shown while they are still 0. Adding to one
/// allocates nothing but the first time.</summary>
/// <param name="labels">The labels' names.</param>
internal sealed class Tally(params string[] labels)
{
    private readonly ConcurrentDictionary<(string First, string Second), StrongBox<long>> _numbers = new();

    public void Add(long change, string first = "", string second = "") =>
        Interlocked.Add(ref NumberOf(first, second).Value, change);

    /// <summary>To be shown from the beginning.</summary>
    public Tally With(string first = "", string second = "")
    {
        NumberOf(first, second);
        return this;
    }

    public IEnumerable<Measurement<long>> Read() => _numbers.Select(number => new Measurement<long>(
        Interlocked.Read(ref number.Value.Value), TagsOf(number.Key)));

    private StrongBox<long> NumberOf(string first, string second) =>
        _numbers.GetOrAdd((first, second), static _ => new StrongBox<long>());

    private IEnumerable<KeyValuePair<string, object?>> TagsOf((string First, string Second) values) => labels.Select(
        (label, place) => new KeyValuePair<string, object?>(label, place == 0 ? values.First : values.Second));
}

/// <summary>Shows tallies.</summary>
internal static class TallyInstruments
{
    /// <summary>A number that only grows.</summary>
    public static Tally Counter(this Meter meter, string name, string description, Tally tally)
    {
        meter.CreateObservableCounter(name, tally.Read, description: description);
        return tally;
    }

    /// <summary>A number that grows and shrinks.</summary>
    public static Tally Gauge(this Meter meter, string name, string description, Tally tally)
    {
        meter.CreateObservableGauge(name, tally.Read, description: description);
        return tally;
    }
}
