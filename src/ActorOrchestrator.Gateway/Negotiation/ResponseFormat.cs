using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Errors;

namespace ActorOrchestrator.Gateway.Negotiation;

internal enum WireEncoding
{
    Json,
    Yaml,
}

/// <summary>Which shape of an object the client asked for (<c>as=</c> of the Accept header).</summary>
internal enum Projection
{
    Object,
    Table,
    PartialMetadata,
}

/// <summary>How an answer is written. A value: it is the key under which encoded watch events are shared.</summary>
internal readonly record struct ResponseFormat(WireEncoding Encoding, Projection Projection, bool Pretty)
{
    public static readonly ResponseFormat Json = new(WireEncoding.Json, Projection.Object, false);

    /// <summary>The meta version of a projection: <c>v1</c>; for metadata also <c>v1beta1</c>, as older clients ask
    /// for.</summary>
    public string ProjectionVersion { get; init; } = "v1";

    /// <summary>How objects are shown where the client knows them by another group or version; null: as they
    /// are.</summary>
    public ApiFace? Face { get; init; }

    public string ContentType => Encoding == WireEncoding.Yaml ? "application/yaml" : "application/json";

    /// <summary>Picks the first acceptable range. Protobuf is not served, and not every resource as a Table: 406 unless
    /// JSON or YAML is accepted too.</summary>
    public static ResponseFormat Negotiate(string accept, bool pretty, bool hasTable)
    {
        foreach (var range in MediaRange.Parse(accept))
        {
            if (Encoded(range.Type) is not { } encoding)
            {
                continue;
            }

            if (range.As is null)
            {
                return new(encoding, Projection.Object, pretty);
            }

            var served = range is { Group: "meta.k8s.io", Version: "v1" or "v1beta1" };
            var projection = range.As switch
            {
                "Table" when hasTable => Projection.Table,
                "PartialObjectMetadata" or "PartialObjectMetadataList" => Projection.PartialMetadata,
                _ => Projection.Object,
            };
            var current = range.Version == "v1" || projection == Projection.PartialMetadata;
            if (served && current && projection != Projection.Object)
            {
                return new(encoding, projection, pretty) { ProjectionVersion = range.Version! };
            }
        }

        throw Failure.NotAcceptable();
    }

    /// <summary>For errors: what the client accepts if that can be told, else JSON.</summary>
    public static ResponseFormat ForErrors(string accept) =>
        MediaRange.Parse(accept).Select(range => Encoded(range.Type)).FirstOrDefault(found => found is not null)
            is WireEncoding.Yaml
            ? new(WireEncoding.Yaml, Projection.Object, false)
            : Json;

    private static WireEncoding? Encoded(string type) => type switch
    {
        "application/json" or "*/*" or "application/*" => WireEncoding.Json,
        "application/yaml" => WireEncoding.Yaml,
        _ => null,
    };
}
