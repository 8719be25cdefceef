using System.Text.Json;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Schema;

namespace ActorOrchestrator.Api.Patching;

/// <summary>How server-side apply sees the value at a place in an object.</summary>
internal readonly record struct FieldType(TypeSchema Type, FieldSchema? Field = null)
{
    public bool IsAtomic => Field?.IsAtomic ?? Type.IsAtomic;

    /// <summary>A struct or a map whose fields are owned one by one.</summary>
    public bool IsGranularMap => !IsAtomic && Type.Kind is (NodeKind.Object or NodeKind.Map);

    /// <summary>A list whose elements are owned one by one: by key, or by value in a set.</summary>
    public bool IsGranularList => Type.Kind == NodeKind.List && Field is { IsAtomic: false };

    public FieldType Element => new(Type.Element
        ?? throw new InvalidOperationException($"{Type} has no elements"));

    /// <summary>Whether a name is a field of a struct (rather than a key of a map).</summary>
    public bool IsNamed(string name) => Type.Kind == NodeKind.Object && Type.TryField(name, out _);

    /// <summary>The type of a struct's field or a map's value; null if the struct has no such field.</summary>
    public FieldType? Child(string name) => Type.Kind switch
    {
        NodeKind.Map => Element,
        NodeKind.Object when Type.TryField(name, out var field) => new FieldType(field.Type, field),
        _ => null,
    };

    /// <summary>The step that names an element of a granular list; null if the element lacks a key.</summary>
    public string? StepOf(JsonNode? item) => Field?.ListType != ListType.Map
        ? PathElement.Value(PathElement.Canonical(item))
        : item is JsonObject map
            ? StepOf(key => map[key] is { } value ? PathElement.Canonical(value) : null)
            : null;

    public string? StepOf(JsonElement item) => Field?.ListType != ListType.Map
        ? PathElement.Value(PathElement.Canonical(item))
        : item.ValueKind == JsonValueKind.Object
            ? StepOf(key => item.TryGetProperty(key, out var value) ? PathElement.Canonical(value) : null)
            : null;

    private string? StepOf(Func<string, string?> valueOf)
    {
        var keys = new List<(string Name, string Value)>(2);
        foreach (var key in Field!.ListMapKeys)
        {
            // The one key that has a default is a port's protocol.
            if ((valueOf(key) ?? (key == "protocol" ? "\"TCP\"" : null)) is { } value)
            {
                keys.Add((key, value));
            }
        }

        return keys.Count == 0 ? null : PathElement.Key(keys);
    }
}
