namespace ActorOrchestrator.Gateway.Telemetry;

/// <summary>One time series: an instrument with one set of label values. Updated from any thread.</summary>
internal sealed class MetricSeries(string labels, double[] bounds)
{
    private readonly Lock _lock = new();
    private readonly long[] _buckets = new long[bounds.Length];
    private double _value;
    private long _count;

    public string Labels { get; } = labels;

    public void Add(double value)
    {
        lock (_lock)
        {
            _value += value;
        }
    }

    public void Set(double value)
    {
        lock (_lock)
        {
            _value = value;
        }
    }

    public void Observe(double value)
    {
        var bucket = Array.BinarySearch(bounds, value);
        bucket = bucket < 0 ? ~bucket : bucket;
        lock (_lock)
        {
            _value += value;
            _count++;
            if (bucket < _buckets.Length)
            {
                _buckets[bucket]++;
            }
        }
    }

    public (double Value, long Count, long[] Buckets) Read()
    {
        lock (_lock)
        {
            return (_value, _count, (long[])_buckets.Clone());
        }
    }
}
