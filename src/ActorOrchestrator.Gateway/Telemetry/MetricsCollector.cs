using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace ActorOrchestrator.Gateway.Telemetry;

/// <summary>Collects every instrument of this process whose meter is named <c>ActorOrchestrator.*</c>, and writes them
/// in the Prometheus text format 0.0.4.</summary>
internal sealed class MetricsCollector : IDisposable
{
    /// <summary>An instrument with more label sets has a label that grows without bound; the rest is dropped,
    /// counted.</summary>
    private const int SeriesPerInstrumentMax = 2_000;

    private static readonly double[] DurationBounds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private static readonly double[] SizeBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, Collected> _instruments = new();
    private long _dropped;

    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("ActorOrchestrator.", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument, _instruments.GetOrAdd(instrument, Collected.Of));
            }
        };
        _listener.MeasurementsCompleted = (instrument, _) => _instruments.TryRemove(instrument, out Collected? _);
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, state) => Record(state, value, tags));
        _listener.Start();
    }

    private enum SeriesType
    {
        Counter,
        Gauge,
        Histogram,
    }

    public string Render()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        var families = _instruments.Values.GroupBy(found => found.Name);
        foreach (var family in families.OrderBy(found => found.Key, StringComparer.Ordinal))
        {
            var first = family.First();
            text.Append("# HELP ").Append(first.Name).Append(' ').Append(EscapeHelp(first.Help)).Append('\n');
            text.Append("# TYPE ").Append(first.Name).Append(' ').Append(first.Type switch
            {
                SeriesType.Counter => "counter",
                SeriesType.Gauge => "gauge",
                _ => "histogram",
            }).Append('\n');
            var all = family.SelectMany(found => found.Series.Values);
            foreach (var series in all.OrderBy(series => series.Labels, StringComparer.Ordinal))
            {
                Write(text, first, series);
            }
        }

        ProcessMetrics.Write(text);
        text.Append("# HELP metrics_dropped_series_total Measurements of series beyond the bound of an instrument.\n");
        text.Append("# TYPE metrics_dropped_series_total counter\n");
        text.Append("metrics_dropped_series_total ").Append(Interlocked.Read(ref _dropped)).Append('\n');
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var collected = (Collected)state!;
        var labels = Labels(tags);
        if (!collected.Series.TryGetValue(labels, out var series))
        {
            if (collected.Series.Count >= SeriesPerInstrumentMax)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }

            series = collected.Series.GetOrAdd(labels, key => new MetricSeries(key, collected.Bounds));
        }

        if (collected.Type == SeriesType.Histogram)
        {
            series.Observe(value);
        }
        else if (collected.Absolute)
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    private static void Write(StringBuilder text, Collected family, MetricSeries series)
    {
        var (value, count, buckets) = series.Read();
        if (family.Type != SeriesType.Histogram)
        {
            Line(text, family.Name, series.Labels, value);
            return;
        }

        long cumulative = 0;
        var open = series.Labels.Length == 0 ? "" : series.Labels + ",";
        for (var i = 0; i < buckets.Length; i++)
        {
            cumulative += buckets[i];
            Line(text, family.Name + "_bucket", $"{open}le=\"{Number(family.Bounds[i])}\"", cumulative);
        }

        Line(text, family.Name + "_bucket", open + "le=\"+Inf\"", count);
        Line(text, family.Name + "_sum", series.Labels, value);
        Line(text, family.Name + "_count", series.Labels, count);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(MetricName.Of(name)).Append("=\"");
            text.Append(Convert.ToString(value, CultureInfo.InvariantCulture)?
                .Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        return text.ToString();
    }

    private static string EscapeHelp(string? help) =>
        (help ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private sealed record Collected(string Name, string? Help, SeriesType Type, bool Absolute, double[] Bounds)
    {
        public ConcurrentDictionary<string, MetricSeries> Series { get; } = new(StringComparer.Ordinal);

        public static Collected Of(Instrument instrument)
        {
            var kind = instrument.GetType().Name;
            var type = kind.Contains("Histogram", StringComparison.Ordinal) ? SeriesType.Histogram
                : kind.Contains("UpDown", StringComparison.Ordinal) || kind.Contains("Gauge", StringComparison.Ordinal)
                    ? SeriesType.Gauge
                    : SeriesType.Counter;
            var name = MetricName.Of(instrument.Name);
            if (type == SeriesType.Counter && !name.EndsWith("_total", StringComparison.Ordinal))
            {
                name += "_total";
            }

            var absolute = instrument.IsObservable || kind.StartsWith("Gauge", StringComparison.Ordinal);
            var bounds = type != SeriesType.Histogram ? [] : instrument.Unit is "s" ? DurationBounds : SizeBounds;
            return new(name, instrument.Description, type, absolute, bounds);
        }
    }
}
