using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>
/// What a pod asks of its node, by resource name: cpu in milli-cores, memory and ephemeral-storage in bytes, everything
/// else in units. Kubernetes' formula (KEP-753, sidecars): init containers run one after another, while each sidecar
/// (an init container with restartPolicy Always) keeps running once started; so the pod needs the larger of
/// <list type="bullet">
/// <item>all containers and all sidecars together, and</item>
/// <item>each plain init container together with the sidecars before it,</item>
/// </list>
/// plus the runtime class' overhead.
/// Worked example (cpu): containers 200m + 300m; init A 400m, sidecar S 100m, init B 600m.
/// Containers and sidecars: 200 + 300 + 100 = 600. A alone: 400. B with S: 600 + 100 = 700. The pod requests 700m.
/// Pod-level <c>spec.resources</c> (KEP-2837), where given, replace the result for the resources that they name.
/// </summary>
public static class PodRequests
{
    public const string Cpu = "cpu";
    public const string Memory = "memory";
    public const string EphemeralStorage = "ephemeral-storage";
    public const string Pods = "pods";

    /// <summary>What the least-requested and balance scores assume of a container that requests nothing, so that pods
    /// without requests are spread all the same (kube-scheduler's DefaultMilliCPURequest).</summary>
    public const long UnstatedCpuMilli = 100;

    /// <summary>The like for memory (kube-scheduler's DefaultMemoryRequest).</summary>
    public const long UnstatedMemoryBytes = 200L * 1024 * 1024;

    /// <summary>Sorted by name; zero amounts are left out.</summary>
    public static SortedDictionary<string, long> Of(PodSpec spec) => Sum(spec, RequestsOf, 0, 0);

    /// <summary>The same as quantities.</summary>
    public static ValueMap<Quantity> Requested(PodSpec spec) => Quantities(Of(spec));

    /// <summary>The pod's limits, by the formula of the requests.</summary>
    public static ValueMap<Quantity> Limits(PodSpec spec) =>
        Quantities(Sum(spec, resources => resources.Limits, 0, 0));

    /// <summary>The cpu (milli-cores) and memory (bytes) that scores count for the pod.</summary>
    public static (long CpuMilli, long MemoryBytes) ForScoring(PodSpec spec)
    {
        var sum = Sum(spec, RequestsOf, UnstatedCpuMilli, UnstatedMemoryBytes);
        return (sum.GetValueOrDefault(Cpu), sum.GetValueOrDefault(Memory));
    }

    public static long Amount(string resource, Quantity quantity) =>
        resource == Cpu ? quantity.MilliValue : quantity.Value;

    private static ValueMap<Quantity> RequestsOf(ResourceRequirements resources) => resources.Requests;

    private static ValueMap<Quantity> Quantities(SortedDictionary<string, long> amounts) =>
        ValueMap<Quantity>.From(
            amounts.Select(entry => KeyValuePair.Create(entry.Key, QuantityOf(entry.Key, entry.Value))));

    private static Quantity QuantityOf(string resource, long amount) => resource switch
    {
        Cpu => Quantity.FromMilli(amount),
        Memory or EphemeralStorage => Quantity.FromBytes(amount),
        _ => Quantity.FromUnits(amount),
    };

    private static SortedDictionary<string, long> Sum(
        PodSpec spec, Func<ResourceRequirements, ValueMap<Quantity>> part, long unstatedCpu, long unstatedMemory)
    {
        var running = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var container in spec.Containers)
        {
            Add(running, part(container.Resources), unstatedCpu, unstatedMemory);
        }

        var sidecars = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var peak = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var container in spec.InitContainers)
        {
            if (container.RestartPolicy == "Always")
            {
                Add(sidecars, part(container.Resources), unstatedCpu, unstatedMemory);
                Add(running, part(container.Resources), unstatedCpu, unstatedMemory);
                continue;
            }

            var alone = new SortedDictionary<string, long>(sidecars, StringComparer.Ordinal);
            Add(alone, part(container.Resources), unstatedCpu, unstatedMemory);
            Raise(peak, alone);
        }

        Raise(running, peak);
        if (spec.Resources is { } podLevel)
        {
            foreach (var (resource, quantity) in part(podLevel))
            {
                running[resource] = Amount(resource, quantity);
            }
        }

        foreach (var (resource, quantity) in spec.Overhead)
        {
            running[resource] = running.GetValueOrDefault(resource) + Amount(resource, quantity);
        }

        return Positive(running);
    }

    private static void Add(
        SortedDictionary<string, long> sum, ValueMap<Quantity> requests, long unstatedCpu, long unstatedMemory)
    {
        foreach (var (resource, quantity) in requests)
        {
            sum[resource] = sum.GetValueOrDefault(resource) + Amount(resource, quantity);
        }

        if (unstatedCpu > 0 && !requests.ContainsKey(Cpu))
        {
            sum[Cpu] = sum.GetValueOrDefault(Cpu) + unstatedCpu;
        }

        if (unstatedMemory > 0 && !requests.ContainsKey(Memory))
        {
            sum[Memory] = sum.GetValueOrDefault(Memory) + unstatedMemory;
        }
    }

    private static void Raise(SortedDictionary<string, long> sum, SortedDictionary<string, long> floor)
    {
        foreach (var (resource, amount) in floor)
        {
            sum[resource] = Math.Max(sum.GetValueOrDefault(resource), amount);
        }
    }

    private static SortedDictionary<string, long> Positive(SortedDictionary<string, long> sum)
    {
        foreach (var resource in sum.Where(entry => entry.Value <= 0).Select(entry => entry.Key).ToList())
        {
            sum.Remove(resource);
        }

        return sum;
    }
}
