using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Scheduling;

namespace ActorOrchestrator.Agent.Config;

/// <summary>
/// Requests and limits as the kernel takes them. 500m of requested cpu are 512 of 1024 shares; a limit of 1500m is a
/// quota of 150,000 µs in each period of 100,000 µs.
/// </summary>
public static class CgroupResources
{
    private const long SharesOfACore = 1024;
    private const long MinimumShares = 2;
    private const long MaximumShares = 262_144;
    private const long PeriodMicroseconds = 100_000;
    private const long MinimumQuotaMicroseconds = 1_000;

    /// <summary>Of a container: without limits of its own it has those of its pod, so that programs which look at them
    /// do not take the machine's for theirs.</summary>
    public static ResourceConfig Of(Pod pod, Container container, NodeResources node)
    {
        var milliLimit = Milli(Bound(pod.Spec, container, "cpu"));
        var milliRequest = container.Resources.Requests.TryGetValue("cpu", out var request)
            ? request.MilliValue
            : milliLimit;
        return Of(milliRequest, milliLimit, Bound(pod.Spec, container, "memory")?.Value ?? 0) with
        {
            OomScoreAdj = OomScore.Of(pod, container, node),
        };
    }

    /// <summary>Of a pod that asks for resources as a whole: its containers together.</summary>
    public static ResourceConfig OfPod(PodSpec pod)
    {
        var limits = PodRequests.Limits(pod);
        return Of(
            PodRequests.Of(pod).GetValueOrDefault(PodRequests.Cpu), Milli(LimitOf("cpu")),
            LimitOf("memory")?.Value ?? 0);

        // Limits of the containers bound them together only where each has one.
        Quantity? LimitOf(string resource) =>
            pod.InitContainers.Concat(pod.Containers)
                .All(container => PodResources.LimitOf(pod, container, resource) is not null)
            && limits.TryGetValue(resource, out var limit)
                ? limit
                : null;
    }

    private static ResourceConfig Of(long milliRequest, long milliLimit, long memoryLimitBytes) => new()
    {
        CpuPeriod = PeriodMicroseconds,
        CpuShares = Math.Clamp(milliRequest * SharesOfACore / 1000, MinimumShares, MaximumShares),
        CpuQuota = milliLimit == 0 ? 0 : Math.Max(MinimumQuotaMicroseconds, milliLimit * PeriodMicroseconds / 1000),
        MemoryLimitBytes = memoryLimitBytes,
    };

    /// <summary>An init container may ask for more than its pod, which bounds it all the same: the kernel refuses it a
    /// quota beyond that of the group around it.</summary>
    private static Quantity? Bound(PodSpec pod, Container container, string resource)
    {
        var limit = PodResources.LimitOf(pod, container, resource);
        var most = pod.Resources?.Limits.GetValueOrDefault(resource) ?? Quantity.Zero;
        return limit > most && !most.IsZero ? most : limit;
    }

    private static long Milli(Quantity? amount) => amount?.MilliValue ?? 0;
}
