using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ActorOrchestrator.Gateway.Telemetry;

/// <summary>What the gateways of this process measure, under the names of kube-apiserver so that its dashboards fit.
/// One for all of them, since the runtime keeps every meter with its instruments for good.</summary>
internal sealed class GatewayInstruments
{
    public const string MeterName = "ActorOrchestrator.Gateway";

    public static readonly GatewayInstruments Shared = new();

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _durations;
    private readonly UpDownCounter<long> _inFlight;
    private readonly UpDownCounter<long> _longRunning;
    private readonly Counter<long> _watchEvents;
    private readonly Counter<long> _rejected;

    private GatewayInstruments()
    {
        var meter = new Meter(MeterName);
        _requests = meter.CreateCounter<long>("apiserver_request_total", description: "Requests answered.");
        _durations = meter.CreateHistogram<double>(
            "apiserver_request_duration_seconds", "s",
            "Time from the first byte to the last; long-running ones left out.");
        _inFlight = meter.CreateUpDownCounter<long>(
            "apiserver_current_inflight_requests", description: "Requests being served; long-running ones left out.");
        _longRunning = meter.CreateUpDownCounter<long>(
            "apiserver_longrunning_requests", description: "Open watches and followed logs.");
        _watchEvents = meter.CreateCounter<long>("apiserver_watch_events_total", description: "Watch events written.");
        _rejected = meter.CreateCounter<long>(
            "apiserver_dropped_requests_total", description: "Refused for overload.");
    }

    public void Served(string verb, string resource, int code, TimeSpan took, bool longRunning)
    {
        var tags = new TagList { { "verb", verb }, { "resource", resource }, { "code", code } };
        _requests.Add(1, tags);
        if (!longRunning)
        {
            _durations.Record(took.TotalSeconds, new TagList { { "verb", verb }, { "resource", resource } });
        }
    }

    public void InFlight(bool mutating, int change) =>
        _inFlight.Add(change, new KeyValuePair<string, object?>("request_kind", mutating ? "mutating" : "readOnly"));

    public void LongRunning(string verb, string resource, int change) =>
        _longRunning.Add(change, new TagList { { "verb", verb }, { "resource", resource } });

    public void WatchEvents(string resource, int count) =>
        _watchEvents.Add(count, new KeyValuePair<string, object?>("resource", resource));

    public void Rejected(bool mutating) =>
        _rejected.Add(1, new KeyValuePair<string, object?>("request_kind", mutating ? "mutating" : "readOnly"));
}
