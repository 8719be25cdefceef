using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Patching;

/// <summary>
/// One step of a field path in the notation of <c>fieldsV1</c>: <c>f:name</c> is a field or a map's key,
/// <c>k:{"name":"x"}</c> the element of a list with those keys, <c>v:"x"</c> the element of a set with that value.
/// Steps are canonical texts, so that they compare as texts.
/// </summary>
internal static class PathElement
{
    public static string Field(string name) => "f:" + name;

    /// <summary>Of the value's canonical text.</summary>
    public static string Value(string value) => "v:" + value;

    /// <summary>Of names and canonical texts; they are sorted by name.</summary>
    public static string Key(IEnumerable<(string Name, string Value)> keys) =>
        "k:{" + string.Join(',', keys
            .OrderBy(key => key.Name, StringComparer.Ordinal)
            .Select(key => $"{FieldError.Quote(key.Name)}:{key.Value}")) + "}";

    /// <summary>The canonical form of a step that a client sent; null if it is none.</summary>
    public static string? TryParse(string text)
    {
        if (text.Length < 2 || text[1] != ':')
        {
            return null;
        }

        try
        {
            return text[0] switch
            {
                'f' => text,
                'v' => Value(Canonical(PatchLimits.Parse(Encoding.UTF8.GetBytes(text[2..])))),
                'k' when PatchLimits.Parse(Encoding.UTF8.GetBytes(text[2..])) is JsonObject keys =>
                    Key(keys.Select(key => (key.Key, Canonical(key.Value)))),
                'i' when int.TryParse(text.AsSpan(2), out _) => text,
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The name of an <c>f:</c> step, or null.</summary>
    public static string? FieldName(string element) =>
        element.StartsWith("f:", StringComparison.Ordinal) ? element[2..] : null;

    /// <summary>A path as messages print it: <c>.spec.containers[name="web"].image</c>.</summary>
    public static string Show(IReadOnlyList<string> path)
    {
        var text = new StringBuilder();
        foreach (var element in path)
        {
            switch (element[0])
            {
                case 'f':
                    text.Append('.').Append(element, 2, element.Length - 2);
                    break;
                case 'k':
                    var keys = JsonTree.Node(Encoding.UTF8.GetBytes(element[2..]))!.AsObject();
                    text.Append('[')
                        .AppendJoin(',', keys.Select(key => $"{key.Key}={Canonical(key.Value)}"))
                        .Append(']');
                    break;
                case 'v':
                    text.Append("[=").Append(element, 2, element.Length - 2).Append(']');
                    break;
                default:
                    text.Append('[').Append(element, 2, element.Length - 2).Append(']');
                    break;
            }
        }

        return text.ToString();
    }

    public static string Canonical(JsonNode? value) => JsonTree.Text(value);

    public static string Canonical(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? FieldError.Quote(value.GetString()!) : value.GetRawText();
}
