using System.Collections.Concurrent;
using System.Security.Cryptography;
using ActorOrchestrator.Api.OpenApi;
using ActorOrchestrator.Gateway.Discovery;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Negotiation;
using ActorOrchestrator.Gateway.Server;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.OpenApi;

/// <summary>Serves <c>/openapi/v2</c> (JSON, or protobuf for kubectl before 1.27) and <c>/openapi/v3</c> with a
/// document a group version. A document is made when it is first asked for.</summary>
internal sealed class OpenApiEndpoints
{
    private const string Json = "application/json";
    private const string V2Protobuf = "application/com.github.proto-openapi.spec.v2";

    private readonly Lazy<DiscoveryDocument> _v2 = new(() => DiscoveryDocument.Of(OpenApiV2.Json().ToArray(), Json));

    private readonly Lazy<DiscoveryDocument> _v2Protobuf = new(() => DiscoveryDocument.Of(
        OpenApiV2Protobuf.Encode(OpenApiV2.Json()), OpenApiV2Protobuf.ContentType));

    private readonly Lazy<DiscoveryDocument> _index =
        new(() => DiscoveryDocument.Of(OpenApiV3.Index().ToArray(), Json));

    /// <summary>By path; only paths of served group versions get in.</summary>
    private readonly ConcurrentDictionary<string, Hashed> _v3 = new(StringComparer.Ordinal);

    public IEnumerable<PathEndpoint> Endpoints =>
    [
        new("/openapi/v2", Below: false, (http, _, _) => ServeV2Async(http)),
        new("/openapi/v3", Below: true, (http, document, _) => ServeV3Async(http, document)),
    ];

    private Task ServeV2Async(HttpContext http)
    {
        foreach (var range in MediaRange.Parse(http.Request.Headers.Accept.ToString()))
        {
            switch (range.Type)
            {
                case Json or "*/*" or "application/*":
                    return DiscoveryEndpoints.SendAsync(http, _v2.Value);
                case var type when type.StartsWith(V2Protobuf, StringComparison.Ordinal):
                    return DiscoveryEndpoints.SendAsync(http, _v2Protobuf.Value);
            }
        }

        throw Failure.NotAcceptable();
    }

    private Task ServeV3Async(HttpContext http, string below)
    {
        if (below.Length == 0)
        {
            return DiscoveryEndpoints.SendAsync(http, _index.Value);
        }

        var found = below.Split('/') switch
        {
            ["api", var version] => OpenApiV3.Document("", version),
            ["apis", { Length: > 0 } group, var version] => OpenApiV3.Document(group, version),
            _ => null,
        };
        if (found is not { } document)
        {
            throw Failure.NoSuchResource();
        }

        var known = _v3.GetOrAdd(below, _ => Hashed.Of(document));
        if (http.Request.Query["hash"] == known.Hash)
        {
            // The hash in the URL is of the content: what this URL gives is true for ever.
            http.Response.Headers.CacheControl = "public, immutable, max-age=31536000";
        }

        return DiscoveryEndpoints.SendAsync(http, known.Document);
    }

    private sealed record Hashed(DiscoveryDocument Document, string Hash)
    {
        public static Hashed Of(ReadOnlyMemory<byte> document) => new(
            DiscoveryDocument.Of(document.ToArray(), Json), Convert.ToHexString(SHA256.HashData(document.Span)));
    }
}
