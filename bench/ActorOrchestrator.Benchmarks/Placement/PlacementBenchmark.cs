using System.Diagnostics;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Scheduling;

namespace ActorOrchestrator.Benchmarks.Placement;

/// <summary>
/// Pure placement: the scheduler alone, fed with nodes and pods, and answered with bindings as the log would. Prints
/// for each scenario and size how many pods a second are placed (queue, filters, scores, reservation, message), and the
/// like with taking in each pod's creation and its binding. It checks that every pod was placed, or refused, exactly
/// once.</summary>
internal static class PlacementBenchmark
{
    private const int PodsMax = 100_000;
    private const int ArrivingTogether = 1000;

    public static void Run(string? only)
    {
        Console.WriteLine("scenario     nodes    pods  placed/s  with feed/s  µs/pod  cpu µs/pod  bytes/pod");
        foreach (var scenario in Scenario.All.Where(scenario => only is null || scenario.Name == only))
        {
            foreach (var nodes in (int[])[100, 1000, 5000])
            {
                Measure(scenario, nodes: 100, pods: 1000); // warms up
                Console.WriteLine(Measure(scenario, nodes, Math.Min(PodsMax, nodes * scenario.PodsPerNode)));
            }
        }
    }

    private static string Measure(Scenario scenario, int nodes, int pods)
    {
        var context = new Context();
        var scheduler = new Scheduler(seed: 1);
        var backlog = Enumerable.Range(0, pods).Select(scenario.Pod).ToList();
        long sequence = 0;
        for (var i = 0; i < nodes; i++)
        {
            scheduler.OnChange(Change(null, Scenario.Node(i), ++sequence), context);
        }

        scheduler.Started(context);
        var placing = new Stopwatch();
        var cpu = TimeSpan.Zero;
        var total = Stopwatch.StartNew();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var from = 0; from < pods; from += ArrivingTogether)
        {
            var arrivals = backlog.GetRange(from, Math.Min(ArrivingTogether, pods - from));
            foreach (var pod in arrivals)
            {
                scheduler.OnChange(Change(null, pod, ++sequence), context);
            }

            var cpuBefore = Environment.CpuUsage.TotalTime;
            placing.Start();
            scheduler.OnBatchEnd(context);
            placing.Stop();
            cpu += Environment.CpuUsage.TotalTime - cpuBefore;
            foreach (var (key, node) in context.Bindings)
            {
                var pod = backlog[int.Parse(key.Name.AsSpan(4), provider: null)];
                var bound = pod with { Spec = pod.Spec with { NodeName = node } };
                scheduler.OnChange(Change(pod, bound, ++sequence), context);
            }

            context.Bound += context.Bindings.Count;
            context.Bindings.Clear();
        }

        total.Stop();
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Check(scenario, pods, context);
        return $"{scenario.Name,-12} {nodes,5} {pods,7} {pods / placing.Elapsed.TotalSeconds,9:0} "
            + $"{pods / total.Elapsed.TotalSeconds,12:0} {placing.Elapsed.TotalMicroseconds / pods,7:0.0} "
            + $"{cpu.TotalMicroseconds / pods,11:0.0} {allocated / pods,10}";
    }

    private static void Check(Scenario scenario, int pods, Context context)
    {
        var (bound, refused) = scenario.AllFit ? (pods, 0) : (0, pods);
        if (context.Bound != bound || context.Refused != refused)
        {
            throw new InvalidOperationException(
                $"{scenario.Name}: {context.Bound} of {bound} pods bound, {context.Refused} of {refused} refused");
        }
    }

    private static ObjectChange Change(KubeObject? old, KubeObject value, long sequence) =>
        new(EntityKey.Of(value), old, value, sequence);

    private sealed class Context : ProjectionContext
    {
        public List<(EntityKey Pod, string Node)> Bindings { get; } = [];

        public int Bound { get; set; }

        public int Refused { get; private set; }

        public override DateTimeOffset Now => DateTimeOffset.UnixEpoch;

        public override void Tell(EntityKey to, Message message)
        {
            if (message is BindPod bind)
            {
                Bindings.Add((to, bind.Node));
            }
            else if (message is PodUnschedulable)
            {
                Refused++;
            }
        }

        public override void RecordEvent(
            KubeObject regarding, string type, string reason, string message, string component)
        {
        }

        public override void WakeAt(DateTimeOffset due)
        {
        }
    }
}
