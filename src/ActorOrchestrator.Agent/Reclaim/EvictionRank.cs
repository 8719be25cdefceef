using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Priorities;
using ActorOrchestrator.Domain.Scheduling;

namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>What a pod takes of what the node is short of.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="Containers">By container, where that is known.</param>
/// <param name="Total">All of it, in bytes or processes.</param>
public sealed record PodUsage(Pod Pod, IReadOnlyDictionary<string, long> Containers, long Total);

/// <summary>
/// Which pod goes when a node is short of something, by kubelet's rules. Pure. First those that take more than they
/// requested, of these the ones of the lowest priority, of these the one that takes most beyond its request:
/// <code>
///   pod   priority   requested   uses
///   a     1000       100         180      2nd: more than requested
///   b        0       100         120      1st: more than requested, of lower priority
///   c        0       500         400      3rd
/// </code>
/// Critical pods never go: static ones, and those of the priority that is the system's own.
/// </summary>
public static class EvictionRank
{
    public static bool IsCritical(Pod pod) =>
        pod.Spec.Priority >= SystemPriorityClasses.ClusterCriticalValue || StaticPods.IsStatic(pod);

    /// <summary>The first to go; null when none may.</summary>
    public static PodUsage? First(IEnumerable<PodUsage> usages, Signal signal) => usages
        .Where(usage => !IsCritical(usage.Pod))
        .OrderByDescending(usage => Excess(usage, signal) > 0)
        .ThenBy(usage => usage.Pod.Spec.Priority ?? 0)
        .ThenByDescending(usage => Excess(usage, signal))
        .ThenBy(usage => usage.Pod.Metadata.Uid, StringComparer.Ordinal)
        .FirstOrDefault();

    /// <summary>In kubelet's words.</summary>
    public static string MessageOf(PodUsage usage, Breach breach)
    {
        var signal = breach.Threshold.Signal;
        var resource = signal.ResourceOf();
        var message = $"The node was low on resource: {resource}. Threshold quantity: "
            + $"{Show(signal, breach.Limit)}, available: {Show(signal, breach.Supply.Available)}. ";
        if (!IsRequestable(signal))
        {
            return message;
        }

        foreach (var container in usage.Pod.Spec.Containers)
        {
            var request = container.Resources.Requests.TryGetValue(resource, out var given) ? given.Value : 0;
            if (usage.Containers.TryGetValue(container.Name, out var used) && used > request)
            {
                message += $"Container {container.Name} was using {Show(signal, used)}, request is "
                    + $"{Show(signal, request)}, has larger consumption of {resource}. ";
            }
        }

        return message;
    }

    private static long Excess(PodUsage usage, Signal signal) => usage.Total - (IsRequestable(signal)
        ? PodRequests.Of(usage.Pod.Spec).GetValueOrDefault(signal.ResourceOf())
        : 0);

    /// <summary>Nobody requests inodes or processes: of those every pod takes more than it requested.</summary>
    private static bool IsRequestable(Signal signal) => signal.ResourceOf() is "memory" or "ephemeral-storage";

    private static string Show(Signal signal, long amount) =>
        (IsRequestable(signal) ? Quantity.FromBytes(amount) : Quantity.FromUnits(amount)).ToString();
}
