using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>The pod that an owner asks for: its template, named and owned.</summary>
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

    /// <param name="owner">The owner's name.</param>
    /// <param name="taken">Names that do not do; the new one is added to them.</param>
    /// <param name="ids">Where the random characters come from.</param>
    public static string NewName(string owner, HashSet<string> taken, IIdSource ids)
    {
        var name = NewName(owner, ids);
        while (!taken.Add(name))
        {
            name = NewName(owner, ids);
        }

        return name;
    }

    /// <summary>With the defaults that pods have beyond templates: a later write of the pod comes with them, and must
    /// not look like a change.</summary>
    public static Pod Create(KubeObject owner, PodTemplateSpec template, PodClaim claim) => Defaults.Apply(new Pod
    {
        Metadata = new ObjectMeta
        {
            Name = claim.Name,
            GenerateName = owner.Metadata.Name + "-",
            Namespace = owner.Metadata.Namespace,
            Uid = claim.Uid,
            Labels = template.Metadata.Labels,
            Annotations = template.Metadata.Annotations,
            Finalizers = template.Metadata.Finalizers,
            OwnerReferences = [Owners.ReferenceTo(owner)],
        },
        Spec = template.Spec,
    });
}
