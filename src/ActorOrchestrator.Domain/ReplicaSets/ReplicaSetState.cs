using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>A ReplicaSet or ReplicationController: the object, its durable claims on pods, and what it has heard since
/// activation.</summary>
public sealed record ReplicaSetState(KubeObject? Object) : OwnerState<PodClaim>(Object)
{
    public static new readonly ReplicaSetState Absent = new((KubeObject?)null);

    /// <summary>How many of the pods claimed before the last activation may be running, at most: what the status showed
    /// then, for it counts every claim that is not known to be ended, and pods under adoption, which it may not have
    /// counted yet.</summary>
    public int InheritedMax { get; init; }

    public ReplicaSet? Set => Object is null ? null : ReplicaOwners.ViewOf(Object);
}
