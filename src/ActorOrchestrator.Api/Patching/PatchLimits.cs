using System.Text.Json;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Patching;

/// <summary>Bounds on what a patch may ask for, and the reading of patch documents within them.</summary>
public static class PatchLimits
{
    /// <summary>As Kubernetes: a JSON patch may hold this many operations.</summary>
    public const int OperationsMax = 10_000;

    /// <summary>The copies of one JSON patch together, in bytes: else a few of them fill the memory.</summary>
    public const int CopiedBytesMax = 3 * 1024 * 1024;

    public const int DepthMax = KubeJson.DepthMax;

    public const int PatchBytesMax = KubeJson.BodyBytesMax;

    /// <summary>Reads UTF-8 JSON. Null with a failure if it is too large, too deep or not JSON.</summary>
    public static JsonNode? Read(ReadOnlySpan<byte> utf8, out PatchFailure? failure)
    {
        failure = null;
        if (utf8.Length > PatchBytesMax)
        {
            failure = PatchFailure.TooLarge($"limit is {PatchBytesMax}");
            return null;
        }

        try
        {
            var node = Parse(utf8);
            if (node is null)
            {
                failure = PatchFailure.BadRequest("error decoding patch: the patch is null");
                return null;
            }

            return node;
        }
        catch (JsonException exception)
        {
            failure = PatchFailure.BadRequest($"error decoding patch: {Problem(exception, utf8)}");
            return null;
        }
    }

    /// <summary>In the words of a decoder of Go, as far as it has any.</summary>
    private static string Problem(JsonException broken, ReadOnlySpan<byte> utf8)
    {
        if (broken.InnerException is InvalidOperationException)
        {
            return "invalid surrogate pair in a string";
        }

        return broken.InnerException is ArgumentException
            || broken.Message.Contains("uplicate", StringComparison.Ordinal)
                ? "a field is given twice"
                : DecodeMessages.Broken(broken, utf8);
    }

    /// <summary>Reads JSON into nodes without surprises: a JsonNode reads names and texts when they are first asked
    /// for, and then throws what is wrong with them.</summary>
    /// <exception cref="JsonException">It is not JSON, or has a name twice, or half a surrogate pair.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var node = JsonTree.NodeOfDistinct(utf8);
            Touch(node);
            return node;
        }
        catch (Exception late) when (late is ArgumentException or InvalidOperationException)
        {
            throw new JsonException(late.Message, late);
        }
    }

    private static void Touch(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (_, value) in map)
                {
                    Touch(value);
                }

                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    Touch(item);
                }

                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                value.GetValue<string>();
                break;
            default:
                break;
        }
    }
}
