using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>The pod that a ReplicaSet asks for: its template, named and owned.</summary>
public static class PodFromTemplate
{
    /// <summary>meta/v1 generateName: what is before the five random characters is cut so that all fits a
    /// label.</summary>
    private const int PrefixLengthMax = 58;

    public static string NewName(string owner, IIdSource ids)
    {
        var prefix = owner + "-";
        return (prefix.Length > PrefixLengthMax ? prefix[..PrefixLengthMax] : prefix) + ids.NewNameSuffix();
    }

    /// <summary>With the defaults that pods have beyond templates: a later write of the pod comes with them, and must
    /// not look like a change.</summary>
    public static Pod Create(ReplicaSet set, PodClaim claim)
    {
        var template = set.Spec.Template;
        return Defaults.Apply(new Pod
        {
            Metadata = new ObjectMeta
            {
                Name = claim.Name,
                GenerateName = set.Metadata.Name + "-",
                Namespace = set.Metadata.Namespace,
                Uid = claim.Uid,
                Labels = template.Metadata.Labels,
                Annotations = template.Metadata.Annotations,
                Finalizers = template.Metadata.Finalizers,
                OwnerReferences = [ReferenceTo(set)],
            },
            Spec = template.Spec,
        });
    }

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
