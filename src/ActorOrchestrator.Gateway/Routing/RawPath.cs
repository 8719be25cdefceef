using Microsoft.AspNetCore.Http.Features;

namespace ActorOrchestrator.Gateway.Routing;

/// <summary>The path as the client wrote it, before the web server resolves it.</summary>
internal static class RawPath
{
    /// <summary>Whether it steps up or stays (<c>..</c>, <c>.</c>, also written as <c>%2e</c>). Whoever stands before
    /// this server and judges by paths must see the same path as we do, so such a request is refused, not
    /// resolved.</summary>
    public static bool HasDotSegment(IFeatureCollection features)
    {
        var target = features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var end = target.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? target.AsSpan() : target.AsSpan(0, end);
        if (!path.Contains('.') && !path.Contains("%2e", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        foreach (var range in path.Split('/'))
        {
            var segment = path[range].ToString().Replace("%2e", ".", StringComparison.OrdinalIgnoreCase);
            if (segment is "." or "..")
            {
                return true;
            }
        }

        return false;
    }
}
