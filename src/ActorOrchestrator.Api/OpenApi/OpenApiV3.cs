using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using ActorOrchestrator.Api.Autoscaling;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.OpenApi;

/// <summary>The OpenAPI 3.0 documents, one for each group version, and their index (<c>/openapi/v3</c>).</summary>
public static class OpenApiV3
{
    private static readonly ConcurrentDictionary<(string Group, string Version), byte[]> Documents = new();
    private static readonly Lazy<byte[]> Listing = new(BuildIndex);

    /// <summary>
    /// <c>{"paths":{"apis/apps/v1":{"serverRelativeURL":"/openapi/v3/apis/apps/v1?hash=…"}}}</c>; the hash is of the
    /// document, so that clients may keep one for as long as its URL is listed.
    /// </summary>
    public static ReadOnlyMemory<byte> Index() => Listing.Value;

    /// <summary>
    /// The document of a group version (the core group is empty), or null if nothing of it is served.
    /// </summary>
    public static ReadOnlyMemory<byte>? Document(string group, string version)
    {
        if (!KindRegistry.All.Any(kind => kind.Group == group && kind.Version == version))
        {
            return null;
        }

        return Documents.GetOrAdd((group, version), static key => Build(key.Group, key.Version));
    }

    private static byte[] BuildIndex()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, KubeJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("paths");
            foreach (var (group, version) in KindRegistry.All.Select(kind => (kind.Group, kind.Version)).Distinct())
            {
                var path = group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";
                var hash = Convert.ToHexString(SHA256.HashData(Document(group, version)!.Value.Span));
                writer.WriteStartObject(path);
                writer.WriteString("serverRelativeURL", $"/openapi/v3/{path}?hash={hash}");
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static byte[] Build(string group, string version)
    {
        var kinds = KindRegistry.All.Where(kind => kind.Group == group && kind.Version == version).ToList();
        // What the paths of subresources speak of, wherever it belongs.
        var spoken = new List<ResourceKind>(kinds);
        if (kinds.Any(kind => kind.HasScale))
        {
            spoken.Add(KindRegistry.Of<Scale>());
        }

        if (group.Length == 0)
        {
            spoken.Add(KindRegistry.Of<Eviction>());
        }

        var output = new ArrayBufferWriter<byte>(1 << 18);
        using (var writer = new Utf8JsonWriter(output, KubeJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("openapi", "3.0.0");
            DocumentInfo.Write(writer);
            writer.WriteStartObject("paths");
            new PathWriter(writer, Dialect.V3).WriteAll(kinds);
            writer.WriteEndObject();
            writer.WriteStartObject("components");
            writer.WriteStartObject("schemas");
            new DefinitionWriter(writer, Dialect.V3).WriteAll(spoken);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }
}
