using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Patching;

namespace ActorOrchestrator.Api;

/// <summary>
/// What a write of <c>/status</c> takes: the status, and all of the metadata but for what a kind keeps from it
/// (Kubernetes' status strategies). The rest of the object stays as it is.
/// </summary>
public static class StatusWrite
{
    private const string Labels = "f:labels";
    private const string OwnerReferences = "f:ownerReferences";

    /// <param name="current">The object as it is.</param>
    /// <param name="given">The object as it was sent.</param>
    public static KubeObject Of(KubeObject current, KubeObject given)
    {
        var metadata = current switch
        {
            Deployment => given.Metadata with { Labels = current.Metadata.Labels },
            Pod => given.Metadata with { OwnerReferences = current.Metadata.OwnerReferences },
            _ => given.Metadata,
        };
        return current.WithStatus(given.GetStatus()) with { Metadata = metadata };
    }

    /// <summary>The same of fields: those that the write takes.</summary>
    internal static FieldSet Taken(ResourceKind kind, FieldSet fields)
    {
        var kept = kind.ClrType == typeof(Deployment) ? Labels : kind.ClrType == typeof(Pod) ? OwnerReferences : null;
        var taken = fields.WithoutBranches(["f:spec"]);
        return kept is null
            ? taken
            : taken.WithBelow("f:metadata", taken.Below("f:metadata").WithoutBranches([kept]));
    }
}
