using System.Collections.Immutable;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>What a pod has written to the machine's disk, in bytes as they are allocated.</summary>
/// <param name="Volumes">Of each emptyDir on disk.</param>
/// <param name="Containers">Of each container, what it wrote to its own file system and to its log.</param>
/// <param name="OtherBytes">Of the pod's other files: hosts, termination messages, volumes made from objects.</param>
public sealed record StorageUse(
    DateTimeOffset At, ImmutableSortedDictionary<string, long> Volumes,
    ImmutableSortedDictionary<string, long> Containers, long OtherBytes)
{
    public long TotalBytes => Volumes.Values.Sum() + Containers.Values.Sum() + OtherBytes;
}

/// <summary>emptyDir.sizeLimit and limits of ephemeral-storage, by the rules and in the words of kubelet's eviction
/// manager.</summary>
public static class StorageLimits
{
    private const string Resource = "ephemeral-storage";
    private const string Memory = "Memory";

    /// <summary>As kubelet's housekeeping.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Whether there is anything to be measured.</summary>
    public static bool HasAny(Pod pod) =>
        pod.Spec.Volumes.Any(volume => IsOnDisk(volume) && volume.EmptyDir!.SizeLimit is not null)
        || Limits(pod.Spec.Containers).Concat(Limits(pod.Spec.InitContainers)).Any(limit => limit is not null);

    public static bool IsOnDisk(Volume volume) => volume.EmptyDir is { Medium: not Memory };

    /// <summary>Why the pod is to be evicted; null when it keeps its limits.</summary>
    public static string? Exceeded(Pod pod, StorageUse use)
    {
        foreach (var volume in pod.Spec.Volumes.Where(IsOnDisk))
        {
            var isOver = volume.EmptyDir!.SizeLimit is { Value: > 0 } limit
                && use.Volumes.GetValueOrDefault(volume.Name) > limit.Value;
            if (isOver)
            {
                return $"Usage of EmptyDir volume \"{volume.Name}\" exceeds the limit "
                    + $"\"{volume.EmptyDir.SizeLimit}\". ";
            }
        }

        if (PodLimit(pod.Spec) is { } total && use.TotalBytes > total)
        {
            return "Pod ephemeral local storage usage exceeds the total limit of containers "
                + $"{Quantity.FromBytes(total)}. ";
        }
        foreach (var container in pod.Spec.Containers)
        {
            var used = use.Containers.GetValueOrDefault(container.Name);
            if (LimitOf(container) is { Value: > 0 } own && used > own.Value)
            {
                return $"Container {container.Name} exceeded its local ephemeral storage limit \"{own}\". ";
            }
        }

        return null;
    }

    /// <summary>
    /// The larger of all containers and sidecars together, and of each init container with the sidecars before it; null
    /// where none has a limit.
    /// </summary>
    private static long? PodLimit(PodSpec spec)
    {
        var running = Limits(spec.Containers).Sum(limit => limit?.Value ?? 0);
        var (sidecars, peak) = (0L, 0L);
        foreach (var container in spec.InitContainers)
        {
            var own = LimitOf(container)?.Value ?? 0;
            if (container.RestartPolicy == RestartPolicies.Always)
            {
                (sidecars, running) = (sidecars + own, running + own);
            }
            else
            {
                peak = Math.Max(peak, sidecars + own);
            }
        }

        var hasLimit = Limits(spec.Containers).Concat(Limits(spec.InitContainers)).Any(limit => limit is not null);
        return hasLimit ? Math.Max(running, peak) : null;
    }

    private static IEnumerable<Quantity?> Limits(ValueList<Container> containers) => containers.Select(LimitOf);

    private static Quantity? LimitOf(Container container) =>
        container.Resources.Limits.TryGetValue(Resource, out var limit) ? limit : null;
}
