using System.Text.Json.Nodes;

namespace ActorOrchestrator.Api.Patching;

/// <summary>The names of a strategic merge patch's directives, and their removal from what is new.</summary>
internal static class StrategicDirectives
{
    public const string Patch = "$patch";
    public const string RetainKeys = "$retainKeys";
    public const string SetOrder = "$setElementOrder/";
    public const string DeleteFromList = "$deleteFromPrimitiveList/";

    /// <summary>The list that a directive such as <c>$setElementOrder/containers</c> is about, or null.</summary>
    public static string? ListOf(string key, string prefix) =>
        key.StartsWith(prefix, StringComparison.Ordinal) ? key[prefix.Length..] : null;

    public static bool Take(JsonObject map, string name, out JsonNode? value) =>
        map.TryGetPropertyValue(name, out value) && map.Remove(name);

    public static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>
    /// A value that the target does not have yet, without directives and without the nulls that would delete.
    /// </summary>
    public static JsonNode Dropped(JsonNode value) => value switch
    {
        JsonObject map => DroppedMap(map),
        JsonArray list => new JsonArray([
            .. list.Where(item => item is not JsonObject map || !map.ContainsKey(Patch))
                .Select(item => item is null ? null : Dropped(item)),
        ]),
        _ => value.DeepClone(),
    };

    private static JsonObject DroppedMap(JsonObject map)
    {
        var result = new JsonObject();
        foreach (var (name, value) in map)
        {
            if (value is not null && !IsDirective(name))
            {
                result[name] = Dropped(value);
            }
        }

        return result;
    }

    private static bool IsDirective(string name) =>
        name is Patch or RetainKeys
        || name.StartsWith(SetOrder, StringComparison.Ordinal)
        || name.StartsWith(DeleteFromList, StringComparison.Ordinal);
}
