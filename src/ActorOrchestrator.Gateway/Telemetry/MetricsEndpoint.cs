using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ActorOrchestrator.Gateway.Telemetry;

/// <summary>
/// Answers with every instrument of this process whose meter is named <c>ActorOrchestrator.*</c>, in the format of
/// Prometheus or OpenMetrics that is asked for. Of an instrument that has more than 2,000 series (a label that grows
/// without bound), OpenTelemetry sums the rest up in one with the label <c>otel_metric_overflow</c>.
/// </summary>
internal sealed class MetricsEndpoint : IDisposable
{
    private static readonly double[] DurationBounds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private static readonly double[] SizeBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];

    private readonly MeterProvider _meters;
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly RequestDelegate _exporter;

    /// <param name="process">Named only so that it exists.</param>
    public MetricsEndpoint(ProcessInstruments process)
    {
        ArgumentNullException.ThrowIfNull(process);
        _meters = Sdk.CreateMeterProviderBuilder()
            .AddMeter("ActorOrchestrator.*")
            .AddView(Buckets)
            .AddPrometheusExporter(options =>
            {
                (options.ScopeInfoEnabled, options.TargetInfoEnabled) = (false, false);
                // Whoever asks twice in a row wants to see what happened in between.
                options.ScrapeResponseCacheDurationMilliseconds = 0;
            })
            .Build();
        // The exporter is to be had as a middleware only; the API's own pipeline decides who may come here.
        var pipeline = new ApplicationBuilder(_services);
        pipeline.UseOpenTelemetryPrometheusScrapingEndpoint(_meters, _ => true, null, null, null);
        _exporter = pipeline.Build();
    }

    public Task InvokeAsync(HttpContext http) => _exporter(http);

    public void Dispose()
    {
        _meters.Dispose();
        _services.Dispose();
    }

    /// <returns>Null where there is nothing to say: the instrument is no histogram.</returns>
    private static ExplicitBucketHistogramConfiguration? Buckets(Instrument instrument) =>
        instrument is not Histogram<double> and not Histogram<long> and not Histogram<int> ? null : new()
        {
            Boundaries = instrument.Unit is "s" ? DurationBounds : SizeBounds,
        };
}
