using System.Text;
using System.Text.Json;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api;

/// <summary>
/// A JSON value kept as the UTF-8 text that was read (without insignificant spaces); equal when the text is.
/// </summary>
public sealed class RawJson : IEquatable<RawJson>
{
    private readonly byte[] _utf8;

    private RawJson(byte[] utf8) => _utf8 = utf8;

    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <exception cref="JsonException">The text is not one JSON value.</exception>
    public static RawJson Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    /// <exception cref="JsonException">The text is not one JSON value.</exception>
    public static RawJson Parse(ReadOnlyMemory<byte> utf8) => From(JsonTree.Element(utf8.Span));

    /// <exception cref="JsonException">It has text that is none: half of a character.</exception>
    public static RawJson From(JsonElement element)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, KubeJson.WriterOptions))
        {
            try
            {
                element.WriteTo(writer);
            }
            catch (InvalidOperationException half)
            {
                throw new JsonException("text must be whole characters", half);
            }
        }

        return new RawJson(stream.ToArray());
    }

    /// <summary>The value that the reader stands on; the reader then stands on its end.</summary>
    internal static RawJson Read(ref Utf8JsonReader reader)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return From(document.RootElement);
    }

    public bool Equals(RawJson? other) => other is not null && _utf8.AsSpan().SequenceEqual(other._utf8);

    public override bool Equals(object? obj) => Equals(obj as RawJson);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_utf8);
        return hash.ToHashCode();
    }

    public override string ToString() => Encoding.UTF8.GetString(_utf8);
}
