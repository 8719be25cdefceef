using System.Text.Json.Nodes;

namespace ActorOrchestrator.TestKit.Transcripts.Kubectl;

/// <summary>The simple part of kubectl's paths: <c>{.status.phase}</c>, <c>.items[*].metadata.name</c>,
/// <c>.spec.containers[0].image</c>.</summary>
internal static class JsonPath
{
    /// <summary>What the path leads to, several values with blanks between; empty when nothing.</summary>
    public static string Select(JsonNode root, string path)
    {
        IEnumerable<JsonNode?> found = [root];
        var steps = path.Trim('{', '}').Replace("[", ".[", StringComparison.Ordinal);
        foreach (var step in steps.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            found = found.SelectMany(node => Next(node, step));
        }

        return string.Join(' ', found.Where(node => node is not null).Select(Show));
    }

    private static IEnumerable<JsonNode?> Next(JsonNode? node, string step) => (node, step) switch
    {
        (JsonArray array, "[*]") => array.AsEnumerable(),
        (JsonArray array, ['[', .. var index, ']']) => [array.ElementAtOrDefault(Words.Number(index))],
        (JsonObject map, _) => [map[step]],
        _ => [],
    };

    private static string Show(JsonNode? node) => node is JsonValue value ? value.ToString() : node!.ToJsonString();
}
