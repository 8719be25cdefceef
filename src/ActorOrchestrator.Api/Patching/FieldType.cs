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
    public string? StepOf(JsonNode? item)
    {
        if (Field?.ListType != ListType.Map)
        {
            return PathElement.Value(item);
        }

        if (item is not JsonObject map)
        {
            return null;
        }

        var keys = new List<KeyValuePair<string, JsonNode?>>();
        foreach (var key in Field.ListMapKeys)
        {
            // The one key that has a default: a port's protocol.
            var value = map[key] ?? (key == "protocol" ? JsonValue.Create("TCP") : null);
            if (value is null && Field.ListMapKeys.Count == 1)
            {
                return null;
            }

            if (value is not null)
            {
                keys.Add(KeyValuePair.Create<string, JsonNode?>(key, value));
            }
        }

        return PathElement.Key(keys);
    }
}
