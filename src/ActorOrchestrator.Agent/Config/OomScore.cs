using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Priorities;

namespace ActorOrchestrator.Agent.Config;

/// <summary>
/// How soon the kernel kills a container's processes when memory runs out, as kubelet has it: guaranteed pods and those
/// that the node cannot be without are the last, best-effort ones the first. Between them the one that requests more
/// goes later; what a pod requests beyond its containers is shared out among them.
/// Worked example: a machine of 10 GiB; a pod that requests 2 GiB as a whole, of which container a has 1 GiB and b
/// none. Each gets half of the rest: a 1.5 GiB, b 0.5 GiB. So a has 1000 - 150 = 850, and b 1000 - 50 = 950.
/// </summary>
internal static class OomScore
{
    private const int Guaranteed = -997;
    private const int BestEffort = 1000;

    public static int Of(Pod pod, Container container, NodeResources node)
    {
        var quality = PodQos.ClassOf(pod.Spec);
        if (quality == PodQos.Guaranteed || pod.Spec.Priority >= SystemPriorityClasses.NodeCriticalValue)
        {
            return Guaranteed;
        }

        if (quality == PodQos.BestEffort)
        {
            return BestEffort;
        }

        var request = RequestOf(container);
        if (pod.Spec.InitContainers.Any(init => init.Name == container.Name && init.RestartPolicy == "Always"))
        {
            // A sidecar is not killed before what it serves.
            request = Math.Max(request, pod.Spec.Containers.Min(RequestOf));
        }

        request += PodResources.Unassigned(pod.Spec, "memory").Value
            / (pod.Spec.Containers.Count + pod.Spec.InitContainers.Count);
        var score = BestEffort - (int)(1000 * (Int128)request / Math.Max(1, node.MemoryBytes));
        return Math.Clamp(score, 1000 + Guaranteed, BestEffort - 1);
    }

    private static long RequestOf(Container container) =>
        container.Resources.Requests.TryGetValue("memory", out var request) ? request.Value
            : container.Resources.Limits.TryGetValue("memory", out var limit) ? limit.Value : 0;
}
