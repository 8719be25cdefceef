using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Routing;

/// <summary>What of the query string decides the verb and the name before anything else is read.</summary>
internal static class RequestQuery
{
    private const string NamePrefix = "metadata.name=";

    public static bool IsWatch(IQueryCollection query) =>
        query.TryGetValue("watch", out var values)
        && (values.Count == 0 || values[0] is not ("0" or "false" or "False"));

    /// <summary>The name that <c>fieldSelector=metadata.name=x</c> selects, as kube-apiserver authorizes by
    /// it.</summary>
    public static string? SelectedName(IQueryCollection query)
    {
        if (!query.TryGetValue("fieldSelector", out var values) || values.Count != 1 || values[0] is not { } selector)
        {
            return null;
        }

        var name = selector.StartsWith(NamePrefix, StringComparison.Ordinal)
            ? selector[NamePrefix.Length..].TrimStart('=')
            : "";
        return name.Length > 0 && !name.AsSpan().ContainsAny(",=\\!") ? name : null;
    }
}
