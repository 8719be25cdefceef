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
        Counter(meter, "process_cpu_seconds_total", "Processor time, of user and system.",
            () => Of(process => process.TotalProcessorTime.TotalSeconds));
        Gauge(meter, "process_resident_memory_bytes", "Memory in use.", () => Of(process => process.WorkingSet64));
        Gauge(meter, "process_start_time_seconds", "When the process started, since 1970.", () => Of(process =>
            new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0));
        Gauge(meter, "process_threads", "Threads of the system.", () => Of(process => process.Threads.Count));
        Gauge(meter, "dotnet_gc_heap_bytes", "Size of managed objects.",
            () => GC.GetTotalMemory(forceFullCollection: false));
        Counter(meter, "dotnet_gc_allocated_bytes_total", "Managed memory allocated.",
            () => GC.GetTotalAllocatedBytes());
        Counter(meter, "dotnet_gc_pause_seconds_total", "Time in which garbage collection stopped everything.",
            () => GC.GetTotalPauseDuration().TotalSeconds);
        Counter(meter, "dotnet_gc_gen0_collections_total", "Collections of generation 0.",
            () => GC.CollectionCount(0));
        Counter(meter, "dotnet_gc_gen1_collections_total", "Collections of generation 1.",
            () => GC.CollectionCount(1));
        Counter(meter, "dotnet_gc_gen2_collections_total", "Collections of generation 2.",
            () => GC.CollectionCount(2));
        Gauge(meter, "dotnet_thread_pool_threads", "Threads of the pool.", () => ThreadPool.ThreadCount);
        Gauge(meter, "dotnet_thread_pool_queue_length", "Work that waits for a thread of the pool.",
            () => ThreadPool.PendingWorkItemCount);
        Counter(meter, "dotnet_lock_contentions_total", "How often a thread waited for a lock.",
            () => Monitor.LockContentionCount);
    }

    private static double Of(Func<Process, double> read)
    {
        using var process = Process.GetCurrentProcess();
        return read(process);
    }

    private static void Counter(Meter meter, string name, string description, Func<double> read) =>
        meter.CreateObservableCounter(name, read, description: description);

    private static void Gauge(Meter meter, string name, string description, Func<double> read) =>
        meter.CreateObservableGauge(name, read, description: description);
}
