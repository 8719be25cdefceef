using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Patching;

/// <summary>The order of the elements of lists that a strategic merge patch has merged.</summary>
internal static class StrategicOrder
{
    /// <summary>Empties a list, so that its elements can become part of another one.</summary>
    public static List<JsonNode?> Detach(JsonArray list)
    {
        var items = list.ToList();
        list.Clear();
        return items;
    }

    public static List<JsonNode?> Distinct(List<JsonNode?> items)
    {
        var distinct = new List<JsonNode?>(items.Count);
        var seen = new HashSet<string>();
        foreach (var item in items)
        {
            if (seen.Add(JsonTree.Text(item)))
            {
                distinct.Add(item);
            }
        }

        return distinct;
    }

    public static bool HasKey(JsonNode? item, string key, JsonNode value) =>
        item is JsonObject map && JsonNode.DeepEquals(map[key], value);

    public static bool SameElement(JsonNode? left, JsonNode? right, string? key) =>
        key is not null && left is JsonObject leftMap && right is JsonObject rightMap
            ? JsonNode.DeepEquals(leftMap[key], rightMap[key])
            : JsonNode.DeepEquals(left, right);

    /// <summary>
    /// Elements named in <paramref name="wanted"/> come in its order; the others, which only the server has, stand
    /// before a wanted one only if they did so on the server.
    /// </summary>
    /// <example>server [a, b, c, d], wanted [c, a]: b stood before c, so [b, c, a, d] with d last.</example>
    public static JsonArray Arrange(
        List<JsonNode?> merged, List<JsonNode?> wanted, List<JsonNode?> serverOrder, string? key)
    {
        var wantedAt = Positions(wanted, key);
        var serverAt = Positions(serverOrder, key);
        var patchItems = new List<JsonNode?>();
        var serverItems = new List<JsonNode?>();
        foreach (var item in merged)
        {
            (wantedAt.ContainsKey(Identity(item, key)) ? patchItems : serverItems).Add(item);
        }

        var ordered = patchItems.OrderBy(item => wantedAt[Identity(item, key)]).ToList();
        var left = serverItems
            .OrderBy(item => serverAt.GetValueOrDefault(Identity(item, key), int.MaxValue)).ToList();
        var result = new JsonArray();
        int i = 0, j = 0;
        while (i < left.Count || j < ordered.Count)
        {
            var takesLeft = j >= ordered.Count
                            || (i < left.Count
                                && serverAt.TryGetValue(Identity(left[i], key), out var leftAt)
                                && serverAt.TryGetValue(Identity(ordered[j], key), out var rightAt)
                                && leftAt < rightAt);
            result.Add(takesLeft ? left[i++] : ordered[j++]);
        }

        return result;
    }

    private static Dictionary<string, int> Positions(List<JsonNode?> items, string? key)
    {
        var positions = new Dictionary<string, int>();
        for (var i = 0; i < items.Count; i++)
        {
            positions.TryAdd(Identity(items[i], key), i);
        }

        return positions;
    }

    private static string Identity(JsonNode? item, string? key) =>
        JsonTree.Text(key is not null && item is JsonObject map ? map[key] : item);
}
