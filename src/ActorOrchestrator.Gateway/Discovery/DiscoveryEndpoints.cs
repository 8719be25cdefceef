using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Negotiation;
using ActorOrchestrator.Gateway.Server;
using ActorOrchestrator.Gateway.Wire;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Discovery;

/// <summary>Serves <c>/api</c>, <c>/apis</c> and what is below, built once from the table of resources.</summary>
internal sealed class DiscoveryEndpoints
{
    private static readonly string[] AggregatedVersions = ["v2", "v2beta1"];

    private readonly Dictionary<string, DiscoveryDocument> _legacy = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Path, string Version), DiscoveryDocument> _aggregated = [];

    public DiscoveryEndpoints()
    {
        var core = ApiGroup.All.Where(group => group.Name.Length == 0).ToList();
        var named = ApiGroup.All.Where(group => group.Name.Length > 0).ToList();
        _legacy["/api"] = DiscoveryDocument.Of(LegacyDiscovery.WriteCoreVersions);
        _legacy["/apis"] = DiscoveryDocument.Of(json => LegacyDiscovery.WriteGroups(json, named));
        foreach (var group in ApiGroup.All)
        {
            if (group.Name.Length > 0)
            {
                _legacy[$"/apis/{group.Name}"] = DiscoveryDocument.Of(json => LegacyDiscovery.WriteGroup(json, group));
            }

            foreach (var version in group.Versions)
            {
                _legacy[group.Path(version.Name)] =
                    DiscoveryDocument.Of(json => LegacyDiscovery.WriteResources(json, group, version));
            }
        }

        foreach (var version in AggregatedVersions)
        {
            var type = $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList";
            _aggregated[("/api", version)] =
                DiscoveryDocument.Of(json => AggregatedDiscovery.Write(json, core, version), type);
            _aggregated[("/apis", version)] =
                DiscoveryDocument.Of(json => AggregatedDiscovery.Write(json, named, version), type);
        }
    }

    public IEnumerable<PathEndpoint> Endpoints =>
    [
        new("/api", Below: true, (http, _, _) => ServeAsync(http)),
        new("/apis", Below: true, (http, _, _) => ServeAsync(http)),
    ];

    /// <summary>Sends a document, or 304 to a client that shows its tag.</summary>
    public static async Task SendAsync(HttpContext http, DiscoveryDocument document)
    {
        http.Response.Headers.ETag = document.ETag;
        http.Response.Headers.Append("Vary", "Accept");
        var shown = http.Request.Headers.IfNoneMatch;
        if (shown.Any(tag => tag is not null && tag.Contains(document.ETag, StringComparison.Ordinal)))
        {
            http.Response.StatusCode = 304;
            return;
        }

        await ResponseWriter.SendAsync(http, 200, document.ContentType, document.Json);
    }

    private Task ServeAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!.TrimEnd('/');
        if (!_legacy.TryGetValue(path, out var legacy))
        {
            throw Failure.NoSuchResource();
        }

        foreach (var range in MediaRange.Parse(http.Request.Headers.Accept.ToString()))
        {
            if (range is { As: "APIGroupDiscoveryList", Group: "apidiscovery.k8s.io", Version: { } version }
                && _aggregated.TryGetValue((path, version), out var aggregated))
            {
                return SendAsync(http, aggregated);
            }

            if (range is { As: null, Type: "application/json" or "*/*" or "application/*" })
            {
                return SendAsync(http, legacy);
            }
        }

        throw Failure.NotAcceptable();
    }
}
