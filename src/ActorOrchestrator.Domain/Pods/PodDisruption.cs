namespace ActorOrchestrator.Domain.Pods;

/// <summary>Why the cluster ends a pod that has done nothing wrong, by the reasons and in the words of Kubernetes
/// (v1 PodCondition <c>DisruptionTarget</c>). A pod that its node ends for what it did itself, such as exceeding its
/// limits, has no such condition; Kubernetes' <c>TerminationByKubelet</c> is for nodes that are short of something.
/// </summary>
public sealed record PodDisruption(string Reason, string Message)
{
    public static readonly PodDisruption Evicted = new("EvictionByEvictionAPI", "Eviction API: evicting");

    public static readonly PodDisruption Tainted = new(
        "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint");

    public static readonly PodDisruption Stranded = new("DeletionByPodGC", "PodGC: node no longer exists");

    public static PodDisruption Preempted(string scheduler) => new(
        "PreemptionByScheduler", $"{scheduler}: preempting to accommodate a higher priority pod");
}
