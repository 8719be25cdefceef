using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.PersistentVolumeClaims;

/// <summary>
/// Who owns the claim of a StatefulSet's pod, so that garbage collection deletes it with its owner:
/// <code>
///   whenDeleted  whenScaled   the pod is to stay   the pod is to go, for there are too many
///   Retain       Retain       nobody               nobody
///   Delete       Retain       the set              the set
///   Retain       Delete       nobody               the pod
///   Delete       Delete       the set              the pod
/// </code>
/// </summary>
public static class VolumeClaimOwners
{
    public static OwnerReference? Keeper(
        bool deletesWithSet, bool deletesWhenScaled, bool isSurplus, OwnerReference set, OwnerReference? pod) =>
        (deletesWithSet, deletesWhenScaled && isSurplus) switch
        {
            (_, true) => pod,
            (true, false) => set,
            (false, false) => null,
        };

    /// <summary>The claim's owners as they are to be; null when a set or pod of the same name, which is no more, is
    /// among them: then it is about to be deleted. Where another controller has it, it is left to that.</summary>
    public static ValueList<OwnerReference>? Next(ValueList<OwnerReference> owners, ProvideVolumeClaim ask)
    {
        bool IsSet(OwnerReference owner) =>
            owner is { ApiVersion: "apps/v1", Kind: "StatefulSet" } && owner.Name == ask.Set.Name;
        bool IsPod(OwnerReference owner) => owner is { ApiVersion: "v1", Kind: "Pod" } && owner.Name == ask.Pod;
        if (owners.Any(owner =>
            (IsSet(owner) && owner.Uid != ask.SetUid) || (IsPod(owner) && owner.Uid != ask.PodUid)))
        {
            return null;
        }

        var others = owners.Where(owner => !IsSet(owner) && !IsPod(owner)).ToValueList();
        return others.Any(owner => owner.Controller == true)
            ? others
            : [.. others, .. ask.Claim.Metadata.OwnerReferences];
    }
}
