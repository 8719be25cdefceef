using System.Security.Cryptography;
using System.Text.Json;

namespace ActorOrchestrator.Gateway.Discovery;

/// <summary>A document that never changes while the program runs, with the tag that tells a client it has it
/// already.</summary>
internal sealed record DiscoveryDocument(byte[] Json, string ETag, string ContentType)
{
    public static DiscoveryDocument Of(Action<Utf8JsonWriter> write, string contentType = "application/json")
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            write(writer);
        }

        return Of(stream.ToArray(), contentType);
    }

    public static DiscoveryDocument Of(byte[] content, string contentType) =>
        new(content, $"\"{Hash(content)}\"", contentType);

    public static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexString(SHA256.HashData(content))[..32];
}
