using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>The control group of a pod that asks for resources as a whole, or that is fenced: by it all its processes
/// are found. Others have none, and each of their containers one of its own.</summary>
internal static class GroupOperations
{
    /// <summary>Made ready, whoever made it first: the runtime would make one without limits in its place.</summary>
    /// <returns>Its path; null where the pod has none.</returns>
    /// <exception cref="ContainerConfigException">The machine has none of what it takes.</exception>
    public static string? Prepare(WorkerPorts ports, Pod pod) =>
        ports.Groups is { } groups && HasGroup(pod)
            ? groups.Prepare(pod.Metadata.Uid ?? "", CgroupResources.OfPod(pod.Spec))
            : null;

    /// <summary>Says of a pod that nothing bounds it, where that is so.</summary>
    public static void TellIfNone(WorkerPorts ports, Pod pod)
    {
        if (ports.Groups is null && PodResources.Of(pod.Spec) is { Limits.Count: > 0 })
        {
            ports.Record(pod, new PodEvent(
                PodEvent.Warning, "FieldsIgnored",
                "spec.resources.limits: is not honoured: what this node's runtime runs is in no control groups"));
        }
    }

    /// <summary>A pod that has ended may stay for long. What cannot be removed yet is when the pod is.</summary>
    public static void GiveBack(WorkerPorts ports, Pod pod)
    {
        if (!HasGroup(pod))
        {
            return;
        }

        try
        {
            ports.Groups?.Remove(pod.Metadata.Uid ?? "");
        }
        catch (IOException)
        {
            // Something of the pod runs yet: a sandbox that took its place, or what the runtime is about to end.
        }
    }

    private static bool HasGroup(Pod pod) => PodResources.Of(pod.Spec) is not null || PodFencing.IsFenced(pod);
}
