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

    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = DepthMax, AllowDuplicateProperties = false,
    };

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
            var node = JsonNode.Parse(utf8, documentOptions: Options);
            if (node is null)
            {
                failure = PatchFailure.BadRequest("error decoding patch: the patch is null");
                return null;
            }

            // A JsonNode reads duplicate names lazily; walking it once makes every later step free of surprises.
            Touch(node);
            return node;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            failure = PatchFailure.BadRequest($"error decoding patch: {exception.Message}");
            return null;
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
            default:
                break;
        }
    }
}
