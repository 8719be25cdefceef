namespace ActorOrchestrator.Domain.Pods;

/// <summary>Why the cluster ends a pod that has done nothing wrong, by the reasons and in the words of Kubernetes
/// (v1 PodCondition <c>DisruptionTarget</c>). A pod that its node ends for what it did itself, such as exceeding its
/// limits, has no such condition.</summary>
public sealed record PodDisruption(string Reason, string Message)
{
    /// <summary>Its node is short of something; its agent says so.</summary>
    public const string ByItsNode = "TerminationByKubelet";

    public static readonly PodDisruption Evicted = new("EvictionByEvictionAPI", "Eviction API: evicting");

    public static readonly PodDisruption Tainted = new(
        "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint");

    public static readonly PodDisruption Stranded = new("DeletionByPodGC", "PodGC: node no longer exists");

    public static PodDisruption Preempted(string scheduler) => new(
        "PreemptionByScheduler", $"{scheduler}: preempting to accommodate a higher priority pod");
}
