namespace ActorOrchestrator.Gateway.Routing;

/// <summary>
/// Reads a path as kube-apiserver does (<c>/api/{version}/…</c>, <c>/apis/{group}/{version}/…</c>):
/// <code>
/// [watch/] [namespaces/{ns}/] {resource} [/{name} [/{subresource}]]
/// </code>
/// A path that does not fit is no resource, and 404 later.
/// </summary>
internal static class RequestInfoParser
{
    private const int SegmentsMax = 10;

    public static RequestInfo Parse(string method, string path, bool watchAsked, string? nameSelected)
    {
        var other = new RequestInfo { Path = path, Verb = method.ToLowerInvariant() };
        var segments = path.Split('/', SegmentsMax + 2, StringSplitOptions.None).AsSpan(1);
        if (segments.Length > 0 && segments[^1].Length == 0)
        {
            segments = segments[..^1];
        }

        if (segments.Length is 0 or > SegmentsMax || HasEmpty(segments))
        {
            return other;
        }

        var prefix = segments[0] switch { "api" => 2, "apis" => 3, _ => 0 };
        if (prefix == 0 || segments.Length <= prefix)
        {
            return other;
        }

        var group = prefix == 3 ? segments[1] : "";
        var info = other with { Group = group, Version = segments[prefix - 1] };
        return WithResource(info, method, segments[prefix..], watchAsked, nameSelected) ?? other;
    }

    private static RequestInfo? WithResource(
        RequestInfo info, string method, ReadOnlySpan<string> rest, bool watchAsked, string? nameSelected)
    {
        var watchPath = rest[0] == "watch";
        if (watchPath)
        {
            rest = rest[1..];
        }

        string? scope = null;
        if (rest.Length > 2 && rest[0] == "namespaces" && rest[2] is not ("status" or "finalize"))
        {
            scope = rest[1];
            rest = rest[2..];
        }

        if (rest.Length is 0 or > 3)
        {
            return null;
        }

        var name = rest.Length > 1 ? rest[1] : null;
        var verb = Verb(method, name is not null, watchPath || (watchAsked && name is null));
        if (verb is null)
        {
            return null;
        }

        return info with
        {
            Verb = verb,
            Namespace = scope ?? (rest[0] == "namespaces" ? name : null),
            Resource = rest[0],
            Name = name ?? (verb is "list" or "watch" or "deletecollection" ? nameSelected : null),
            Subresource = rest.Length > 2 ? rest[2] : "",
        };
    }

    private static string? Verb(string method, bool named, bool watch) => method switch
    {
        "GET" or "HEAD" when watch => "watch",
        "GET" or "HEAD" => named ? "get" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => named ? "delete" : "deletecollection",
        _ => null,
    };

    private static bool HasEmpty(ReadOnlySpan<string> segments)
    {
        foreach (var segment in segments)
        {
            if (segment.Length == 0)
            {
                return true;
            }
        }

        return false;
    }
}
