using System.Text.Json.Nodes;

namespace ActorOrchestrator.Api.Patching;

/// <summary>A parsed JSON pointer (RFC 6901): the unescaped steps from the root of a document.</summary>
internal sealed record JsonPointer(string Text, IReadOnlyList<string> Steps)
{
    public bool IsRoot => Steps.Count == 0;

    public string Last => Steps[^1];

    /// <summary>Null if the text is not a pointer: it must be empty or begin with <c>/</c>.</summary>
    public static JsonPointer? TryParse(string text)
    {
        if (text.Length == 0)
        {
            return new JsonPointer(text, []);
        }

        if (text[0] != '/')
        {
            return null;
        }

        // The order matters: "~01" is "~1", not "/".
        return new JsonPointer(text, [.. text[1..].Split('/').Select(Unescape)]);
    }

    public bool IsPrefixOf(JsonPointer other) =>
        Steps.Count < other.Steps.Count && Steps.SequenceEqual(other.Steps.Take(Steps.Count));

    /// <summary>Walks all steps but the last; null if one of them does not exist.</summary>
    public JsonNode? FindParent(JsonNode? root) => Walk(root, Steps.Count - 1);

    /// <summary>Finds the value; the result tells absent from a JSON null.</summary>
    public bool TryFind(JsonNode? root, out JsonNode? value)
    {
        value = root;
        return IsRoot || (FindParent(root) is { } parent && TryGetChild(parent, Last, out value));
    }

    public static bool TryGetChild(JsonNode parent, string step, out JsonNode? child)
    {
        child = null;
        switch (parent)
        {
            case JsonObject map:
                return map.TryGetPropertyValue(step, out child);
            case JsonArray list when TryIndex(step, list.Count, out var index):
                child = list[index];
                return true;
            default:
                return false;
        }
    }

    /// <summary>An index is decimal without leading zeros (RFC 6901, 4), below <paramref name="count"/>.</summary>
    public static bool TryIndex(string step, int count, out int index)
    {
        index = -1;
        var wellFormed = step.Length > 0
                         && step.All(char.IsAsciiDigit)
                         && (step.Length == 1 || step[0] != '0');
        return wellFormed && int.TryParse(step, out index) && index < count;
    }

    private static string Unescape(string step) => step.Replace("~1", "/").Replace("~0", "~");

    private JsonNode? Walk(JsonNode? root, int steps)
    {
        var node = root;
        for (var i = 0; i < steps && node is not null; i++)
        {
            node = TryGetChild(node, Steps[i], out var child) ? child : null;
        }

        return node;
    }
}
