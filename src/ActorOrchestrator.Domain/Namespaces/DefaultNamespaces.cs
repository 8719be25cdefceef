using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Namespaces;

/// <summary>The namespaces that every cluster has; created at the start where absent.</summary>
public static class DefaultNamespaces
{
    /// <summary>Carries the namespace's own name, so that selectors can name namespaces (v1
    /// LabelMetadataName).</summary>
    public const string NameLabel = "kubernetes.io/metadata.name";

    public static readonly ValueList<string> Names = ["default", "kube-system", "kube-public", "kube-node-lease"];

    /// <summary>Those that cannot be deleted (Kubernetes' admission NamespaceLifecycle).</summary>
    public static readonly ValueList<string> Immortal = ["default", "kube-system", "kube-public"];

    public static ValueList<Create> Creations => [.. Names.Select(name => new Create(Labelled(new Namespace
    {
        Metadata = new ObjectMeta { Name = name },
    })))];

    public static Namespace Labelled(Namespace ns) =>
        ns.Metadata.Labels.GetValueOrDefault(NameLabel) == ns.Metadata.Name
            ? ns
            : ns with
            {
                Metadata = ns.Metadata with { Labels = ns.Metadata.Labels.With(NameLabel, ns.Metadata.Name!) },
            };
}
