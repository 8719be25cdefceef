using System.Diagnostics.Metrics;

namespace ActorOrchestrator.Actors.Telemetry;

/// <summary>The connections of Npgsql's pools, all of this process together. Npgsql's own instrument names each pool by
/// the address and the user of the database, which are nobody's business.</summary>
internal sealed class DatabaseConnections : IDisposable
{
    private const string NpgsqlMeter = "Npgsql";
    private const string CountInstrument = "db.client.connection.count";
    private const string StateTag = "db.client.connection.state";

    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private long _idle;
    private long _used;

    public DatabaseConnections()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == NpgsqlMeter && instrument.Name == CountInstrument)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((_, count, tags, _) => Add(count, tags));
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => Add(count, tags));
        _listener.Start();
    }

    public IEnumerable<Measurement<long>> Read()
    {
        lock (_lock)
        {
            (_idle, _used) = (0, 0);
            _listener.RecordObservableInstruments();
            return
            [
                new(_idle, new KeyValuePair<string, object?>("state", "idle")),
                new(_used, new KeyValuePair<string, object?>("state", "used")),
            ];
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(long count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == StateTag)
            {
                _ = tag.Value is "idle" ? _idle += count : _used += count;
            }
        }
    }
}
