using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Config;

/// <summary>
/// A container's requests and limits as the kernel takes them. 500m of requested cpu are 512 of 1024 shares; a limit of
/// 1500m is a quota of 150,000 µs in each period of 100,000 µs.
/// </summary>
public static class CgroupResources
{
    private const long SharesOfACore = 1024;
    private const long MinimumShares = 2;
    private const long MaximumShares = 262_144;
    private const long PeriodMicroseconds = 100_000;
    private const long MinimumQuotaMicroseconds = 1_000;

    /// <summary>Guaranteed pods are the last, best-effort ones the first to be killed when memory runs out.</summary>
    private const int GuaranteedOomScore = -997;
    private const int BestEffortOomScore = 1000;

    public static ResourceConfig Of(Pod pod, Container container, NodeResources node)
    {
        var requests = container.Resources.Requests;
        var limits = container.Resources.Limits;
        var milliLimit = limits.TryGetValue("cpu", out var cpuLimit) ? cpuLimit.MilliValue : 0;
        var milliRequest = requests.TryGetValue("cpu", out var cpuRequest) ? cpuRequest.MilliValue : milliLimit;
        return new ResourceConfig
        {
            CpuPeriod = PeriodMicroseconds,
            CpuShares = Math.Clamp(milliRequest * SharesOfACore / 1000, MinimumShares, MaximumShares),
            CpuQuota = milliLimit == 0
                ? 0
                : Math.Max(MinimumQuotaMicroseconds, milliLimit * PeriodMicroseconds / 1000),
            MemoryLimitBytes = limits.TryGetValue("memory", out var memory) ? memory.Value : 0,
            OomScoreAdj = OomScore(pod, container, node),
        };
    }

    private static int OomScore(Pod pod, Container container, NodeResources node)
    {
        switch (PodQos.ClassOf(pod.Spec))
        {
            case PodQos.Guaranteed:
                return GuaranteedOomScore;
            case PodQos.BestEffort:
                return BestEffortOomScore;
        }

        var resources = container.Resources;
        var request = resources.Requests.TryGetValue("memory", out var own) ? own.Value
            : resources.Limits.TryGetValue("memory", out var limit) ? limit.Value : 0;
        var score = BestEffortOomScore - (int)(1000 * (Int128)request / Math.Max(1, node.MemoryBytes));
        return Math.Clamp(score, 1000 + GuaranteedOomScore, BestEffortOomScore - 1);
    }
}
