using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ActorOrchestrator.Gateway.Telemetry;

/// <summary>The basics of any process, under the names that Prometheus' own client libraries give them.</summary>
internal static class ProcessMetrics
{
    public static void Write(StringBuilder text)
    {
        using var process = Process.GetCurrentProcess();
        Metric(text, "process_cpu_seconds_total", "counter", process.TotalProcessorTime.TotalSeconds);
        Metric(text, "process_resident_memory_bytes", "gauge", process.WorkingSet64);
        Metric(text, "process_start_time_seconds", "gauge",
            new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0);
        Metric(text, "process_threads", "gauge", process.Threads.Count);
        Metric(text, "dotnet_gc_heap_bytes", "gauge", GC.GetTotalMemory(forceFullCollection: false));
        Metric(text, "dotnet_gc_allocated_bytes_total", "counter", GC.GetTotalAllocatedBytes());
        Metric(text, "dotnet_gc_pause_seconds_total", "counter", GC.GetTotalPauseDuration().TotalSeconds);
        Metric(text, "dotnet_gc_gen0_collections_total", "counter", GC.CollectionCount(0));
        Metric(text, "dotnet_gc_gen1_collections_total", "counter", GC.CollectionCount(1));
        Metric(text, "dotnet_gc_gen2_collections_total", "counter", GC.CollectionCount(2));
        Metric(text, "dotnet_thread_pool_threads", "gauge", ThreadPool.ThreadCount);
        Metric(text, "dotnet_thread_pool_queue_length", "gauge", ThreadPool.PendingWorkItemCount);
        Metric(text, "dotnet_lock_contentions_total", "counter", Monitor.LockContentionCount);
    }

    private static void Metric(StringBuilder text, string name, string type, double value) =>
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n')
            .Append(name).Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
}
