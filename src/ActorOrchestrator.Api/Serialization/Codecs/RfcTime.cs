using System.Text.Json;

namespace ActorOrchestrator.Api.Serialization.Codecs;

/// <summary>Reads RFC 3339 moments; the error reads as that of Go's <c>time.Parse</c>.</summary>
internal static class RfcTime
{
    public static DateTime Read(
        ref Utf8JsonReader reader, DecodeState state, string owner, string goType, string layout)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw state.Mismatch(DecodeState.Name(ref reader), owner, goType);
        }

        var text = reader.GetString()!;
        var complete = text.Length >= 20 && text[10] is 'T' or 't' && (text[^1] is 'Z' or 'z' || text[^3] == ':');
        return complete && reader.TryGetDateTimeOffset(out var time)
            ? time.UtcDateTime
            : throw new KubeJsonException($"parsing time \"{text}\" as \"{layout}\": cannot parse \"{text}\"");
    }
}
