using System.Text;
using System.Text.Json;

namespace ActorOrchestrator.Api.Serialization;

/// <summary>The texts of decoding errors, worded as Kubernetes' API server words them.</summary>
internal static class DecodeMessages
{
    private const int SummaryBytes = 30;

    public static string Unrecognized(ResourceKind expected, string error, ReadOnlySpan<byte> body) =>
        $"the object provided is unrecognized (must be of type {expected.Kind}): couldn't get version/kind; "
        + $"json parse error: {error} ({Summary(body)})";

    public static string Broken(JsonException broken, ReadOnlySpan<byte> body)
    {
        if (broken.Message.Contains("maximum configured depth", StringComparison.Ordinal))
        {
            return $"exceeded max depth of {KubeJson.DepthMax}";
        }

        var offset = Offset(broken, body);
        if (offset >= body.Length)
        {
            return "unexpected end of JSON input";
        }

        Rune.DecodeFromUtf8(body[offset..], out var character, out _);
        return $"invalid character '{character}' at line {broken.LineNumber + 1}, "
            + $"column {broken.BytePositionInLine + 1}";
    }

    private static int Offset(JsonException broken, ReadOnlySpan<byte> body)
    {
        var start = 0;
        for (var line = 0L; line < (broken.LineNumber ?? 0); line++)
        {
            var length = body[start..].IndexOf((byte)'\n');
            if (length < 0)
            {
                break;
            }

            start += length + 1;
        }

        return (int)Math.Min(start + (broken.BytePositionInLine ?? 0), body.Length);
    }

    private static string Summary(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return "<empty>";
        }

        var more = body.Length > SummaryBytes ? " ..." : "";
        var head = body[..Math.Min(body.Length, SummaryBytes)];
        return (body[0] == '{' ? Encoding.UTF8.GetString(head) : Convert.ToHexStringLower(head)) + more;
    }
}
