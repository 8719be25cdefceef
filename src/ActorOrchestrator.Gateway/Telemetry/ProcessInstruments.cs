using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ActorOrchestrator.Gateway.Telemetry;

/// <summary>
/// The basics of any process, under the names that Prometheus' own client libraries give them; those of .NET's meters
/// are others. One for the process, as <see cref="GatewayInstruments"/>.
/// </summary>
internal sealed class ProcessInstruments
{
    public const string MeterName = "ActorOrchestrator.Process";

    public static readonly ProcessInstruments Shared = new();

    private ProcessInstruments()
    {
        var meter = new Meter(MeterName);
        Counter(meter, "process_cpu_seconds_total", () => Of(process => process.TotalProcessorTime.TotalSeconds));
        Gauge(meter, "process_resident_memory_bytes", () => Of(process => process.WorkingSet64));
        Gauge(meter, "process_start_time_seconds", () => Of(process =>
            new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0));
        Gauge(meter, "process_threads", () => Of(process => process.Threads.Count));
        Gauge(meter, "dotnet_gc_heap_bytes", () => GC.GetTotalMemory(forceFullCollection: false));
        Counter(meter, "dotnet_gc_allocated_bytes_total", () => GC.GetTotalAllocatedBytes());
        Counter(meter, "dotnet_gc_pause_seconds_total", () => GC.GetTotalPauseDuration().TotalSeconds);
        Counter(meter, "dotnet_gc_gen0_collections_total", () => GC.CollectionCount(0));
        Counter(meter, "dotnet_gc_gen1_collections_total", () => GC.CollectionCount(1));
        Counter(meter, "dotnet_gc_gen2_collections_total", () => GC.CollectionCount(2));
        Gauge(meter, "dotnet_thread_pool_threads", () => ThreadPool.ThreadCount);
        Gauge(meter, "dotnet_thread_pool_queue_length", () => ThreadPool.PendingWorkItemCount);
        Counter(meter, "dotnet_lock_contentions_total", () => Monitor.LockContentionCount);
    }

    private static double Of(Func<Process, double> read)
    {
        using var process = Process.GetCurrentProcess();
        return read(process);
    }

    private static void Counter(Meter meter, string name, Func<double> read) =>
        meter.CreateObservableCounter(name, read);

    private static void Gauge(Meter meter, string name, Func<double> read) =>
        meter.CreateObservableGauge(name, read);
}
