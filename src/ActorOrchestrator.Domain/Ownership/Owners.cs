using ActorOrchestrator.Api;

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
}
