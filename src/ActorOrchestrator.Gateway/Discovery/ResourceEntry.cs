using ActorOrchestrator.Api;

namespace ActorOrchestrator.Gateway.Discovery;

/// <summary>A subresource as discovery lists it; a kind of another group names it.</summary>
internal sealed record SubresourceEntry(
    string Name, string Group, string Version, string Kind, IReadOnlyList<string> Verbs);

/// <summary>A resource as discovery lists it, and as the router serves it: one table for both, so they cannot
/// differ.</summary>
internal sealed record ResourceEntry(
    ResourceKind Kind, IReadOnlyList<string> Verbs, IReadOnlyList<SubresourceEntry> Subresources)
{
    private static readonly string[] StoredVerbs =
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    private static readonly string[] ReadVerbs = ["get", "list", "watch"];

    private static readonly string[] Connect = ["create", "get"];

    private static readonly string[] ReadWrite = ["get", "patch", "update"];

    /// <summary>Every resource with a path of its own.</summary>
    public static readonly IReadOnlyList<ResourceEntry> All =
        [.. KindRegistry.All.Where(kind => kind.HasPath).Select(Of)];

    public bool Serves(string verb, string subresource)
    {
        if (subresource.Length == 0)
        {
            return Verbs.Contains(verb, StringComparer.Ordinal);
        }

        foreach (var entry in Subresources)
        {
            if (entry.Name == subresource)
            {
                return entry.Verbs.Contains(verb, StringComparer.Ordinal);
            }
        }

        return false;
    }

    public bool HasSubresource(string name) => Subresources.Any(entry => entry.Name == name);

    private static ResourceEntry Of(ResourceKind kind) => kind switch
    {
        { IsListed: false } => new(kind, ["create"], []),
        { IsReadOnly: true } => new(kind, ReadVerbs, []),
        { HasDeleteCollection: true } => new(kind, StoredVerbs, [.. SubresourcesOf(kind)]),
        _ => new(
            kind, [.. StoredVerbs.Where(verb => verb != "deletecollection")], [.. SubresourcesOf(kind)]),
    };

    private static IEnumerable<SubresourceEntry> SubresourcesOf(ResourceKind kind)
    {
        if (kind is { Group: "", Plural: "pods" })
        {
            yield return new("attach", "", "v1", "PodAttachOptions", Connect);
            yield return new("binding", "", "v1", "Binding", ["create"]);
            yield return new("ephemeralcontainers", "", "v1", "Pod", ReadWrite);
            yield return new("eviction", "policy", "v1", "Eviction", ["create"]);
            yield return new("exec", "", "v1", "PodExecOptions", Connect);
            yield return new("log", "", "v1", "Pod", ["get"]);
            yield return new("portforward", "", "v1", "PodPortForwardOptions", Connect);
            yield return new("resize", "", "v1", "Pod", ReadWrite);
        }

        if (kind is { Group: "", Plural: "namespaces" })
        {
            yield return new("finalize", "", "v1", "Namespace", ["update"]);
        }

        if (kind.HasScale)
        {
            yield return new("scale", "autoscaling", "v1", "Scale", ReadWrite);
        }

        if (kind.HasStatus)
        {
            yield return new("status", kind.Group, kind.Version, kind.Kind, ReadWrite);
        }
    }
}
