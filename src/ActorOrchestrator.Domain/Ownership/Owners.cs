using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Ownership;

public static class Owners
{
    /// <summary>The controller reference of an owner's children (meta/v1 OwnerReference).</summary>
    public static OwnerReference ReferenceTo(KubeObject owner) => new()
    {
        ApiVersion = owner.ApiVersion,
        Kind = owner.Kind,
        Name = owner.Metadata.Name!,
        Uid = owner.Metadata.Uid!,
        Controller = true,
        BlockOwnerDeletion = true,
    };

    /// <summary>How an owner finds what it adopts, and what it lets go; null of a kind that does neither.</summary>
    public static LabelSelector? SelectorOf(KubeObject? owner) => owner switch
    {
        ReplicaSet set => set.Spec.Selector,
        ReplicationController controller => controller.AsReplicaSet().Spec.Selector,
        StatefulSet set => set.Spec.Selector,
        DaemonSet set => set.Spec.Selector,
        Job job => job.Spec.Selector,
        Deployment deployment => deployment.Spec.Selector,
        _ => null,
    };
}
