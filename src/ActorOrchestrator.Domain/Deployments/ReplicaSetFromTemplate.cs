using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.ConfigRollouts;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>The ReplicaSet of a Deployment's present template, told apart from its siblings by the hash
/// label.</summary>
internal static class ReplicaSetFromTemplate
{
    /// <summary>RFC 1123 subdomain.</summary>
    private const int NameLengthMax = 253;

    public static string NameFor(Deployment deployment) => Name(deployment.Metadata.Name!, HashOf(deployment));

    /// <summary>Of a long name, as much as leaves room for the hash; a part of a name may not begin with the dash, so
    /// it is not cut just behind a dot.</summary>
    internal static string Name(string deployment, string hash)
    {
        var room = NameLengthMax - hash.Length - 1;
        return deployment.Length <= room ? $"{deployment}-{hash}" : $"{deployment[..room].TrimEnd('.', '-')}-{hash}";
    }

    /// <summary>Without a uid: that is drawn when it is claimed.</summary>
    public static ReplicaSet Make(
        Deployment deployment, int replicas, RolloutBounds bounds, IEnumerable<ReplicaSet> old)
    {
        var hash = HashOf(deployment);
        var (spec, template) = (deployment.Spec, deployment.Pinned());
        var labels = template.Metadata.Labels.With(PodTemplateHash.Label, hash);
        var selector = spec.Selector ?? LabelSelector.Empty;
        var annotations = Revisions.Annotate(deployment, ValueMap<string>.Empty, Revisions.Next(old));
        return new ReplicaSet
        {
            Metadata = new ObjectMeta
            {
                Name = NameFor(deployment),
                Namespace = deployment.Metadata.Namespace,
                Labels = labels,
                Annotations = Revisions.AnnotateSize(annotations, bounds),
                OwnerReferences = [Owners.ReferenceTo(deployment)],
            },
            Spec = new ReplicaSetSpec
            {
                Replicas = replicas,
                MinReadySeconds = spec.MinReadySeconds,
                Selector = selector with { MatchLabels = selector.MatchLabels.With(PodTemplateHash.Label, hash) },
                Template = template with { Metadata = template.Metadata with { Labels = labels } },
            },
        };
    }

    private static string HashOf(Deployment deployment) =>
        PodTemplateHash.Of(deployment.Pinned(), deployment.Status.CollisionCount);
}
