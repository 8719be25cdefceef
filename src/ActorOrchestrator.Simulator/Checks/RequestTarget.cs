using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Members;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// What a request is about, by its path:
/// <code>
/// /api/v1/namespaces/shop/pods/web-1/eviction?x=y   pods, shop, web-1, eviction
/// /apis/apps/v1/deployments                         deployments.apps of all namespaces
/// </code>
/// </summary>
/// <param name="Namespace">Null for all, and for cluster-scoped kinds.</param>
/// <param name="Name">Null for the whole collection.</param>
internal sealed record RequestTarget(ResourceKind Kind, string? Namespace, string? Name, string? Subresource)
{
    private readonly IReadOnlyDictionary<string, string> _query = new Dictionary<string, string>();

    /// <summary>The object meant; only for a request that names one.</summary>
    public EntityKey Key => EntityKey.Of(Kind, Namespace, Name ?? "");

    public string? Query(string name) => _query.GetValueOrDefault(name);

    /// <returns>Null for a path of no kind that is served.</returns>
    public static RequestTarget? Of(ApiCall call)
    {
        var mark = call.Path.IndexOf('?', StringComparison.Ordinal);
        var parts = (mark < 0 ? call.Path : call.Path[..mark]).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, version, rest) = parts switch
        {
            ["api", var v, .. var r] => ("", v, r),
            ["apis", var g, var v, .. var r] => (g, v, r),
            _ => ("", "", []),
        };
        var (scope, path) = rest is ["namespaces", var inside, _, ..] ? (inside, rest[2..]) : (null, rest);
        if (path.Length == 0 || !KindRegistry.TryFindResource(group, version, path[0], out var kind))
        {
            return null;
        }

        return new RequestTarget(kind, scope, path.ElementAtOrDefault(1), path.ElementAtOrDefault(2), mark < 0
            ? new Dictionary<string, string>()
            : QueryOf(call.Path[(mark + 1)..]));
    }

    private RequestTarget(
        ResourceKind kind, string? @namespace, string? name, string? subresource,
        IReadOnlyDictionary<string, string> query)
        : this(kind, @namespace, name, subresource) => _query = query;

    private static Dictionary<string, string> QueryOf(string text) => text
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(
            pair => pair[0], pair => Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? ""), StringComparer.Ordinal);
}
