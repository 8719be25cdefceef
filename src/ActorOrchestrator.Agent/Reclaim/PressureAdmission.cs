using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Scheduling;

namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>Whether a node that is short of something takes a new pod (kubelet's eviction manager): critical ones
/// always; while it is short of memory alone, all but those that request nothing and do not tolerate it; else
/// none.</summary>
public static class PressureAdmission
{
    private static readonly Taint ShortOfMemory = new() { Key = WellKnownTaints.MemoryPressure, Effect = "NoSchedule" };

    public static NodeRejection? Refusal(Pod pod, IReadOnlyCollection<string> conditions)
    {
        if (conditions.Count == 0 || EvictionRank.IsCritical(pod))
        {
            return null;
        }

        var isTaken = conditions.SequenceEqual([Signals.MemoryPressure])
            && (PodQos.Of(pod) != PodQos.BestEffort || Taints.IsTolerated(ShortOfMemory, pod.Spec.Tolerations));
        return isTaken
            ? null
            : new NodeRejection("Evicted", $"The node had condition: [{string.Join(' ', conditions)}]. ");
    }
}
