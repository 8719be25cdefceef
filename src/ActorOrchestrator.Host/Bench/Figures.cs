using System.Globalization;

namespace ActorOrchestrator.Host.Bench;

/// <summary>Durations of one kind, in milliseconds.</summary>
internal sealed class Figures
{
    private readonly List<double> _milliseconds = [];
    private readonly Lock _lock = new();

    public int Count => _milliseconds.Count;

    public void Add(TimeSpan duration)
    {
        lock (_lock)
        {
            _milliseconds.Add(duration.TotalMilliseconds);
        }
    }

    public double Share(double share)
    {
        lock (_lock)
        {
            _milliseconds.Sort();
            return _milliseconds.Count == 0 ? double.NaN : _milliseconds[(int)(share * (_milliseconds.Count - 1))];
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"p50 {Share(0.5):0.0} ms, p99 {Share(0.99):0.0} ms, min {Share(0):0.0} ms, max {Share(1):0.0} ms ({Count})");
}
