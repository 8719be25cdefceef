using System.Text;
using System.Text.Json;

namespace ActorOrchestrator.Api.Serialization.Codecs;

/// <summary>
/// Short texts that were read lately, so that the same label or policy in ten thousand pods is one string. A fixed
/// number of places, each held by the last text that came by; two threads may at worst miss each other's.
/// </summary>
internal sealed class TextPool
{
    private const int Places = 8192;
    private const int BytesMax = 48;

    public static readonly TextPool Shared = new();

    private readonly string?[] _texts = new string?[Places];

    public string Get(ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueIsEscaped || reader.ValueSpan.Length is 0 or > BytesMax)
        {
            return reader.GetString()!;
        }

        var utf8 = reader.ValueSpan;
        ref var place = ref _texts[Hash(utf8) % Places];
        var known = place;
        if (known is not null && known.Length == utf8.Length && Ascii.Equals(utf8, known))
        {
            return known;
        }

        var text = reader.GetString()!;
        place = text;
        return text;
    }

    private static uint Hash(ReadOnlySpan<byte> utf8)
    {
        var hash = 2166136261u;
        foreach (var octet in utf8)
        {
            hash = (hash ^ octet) * 16777619u;
        }

        return hash;
    }
}
