using System.Text.Json;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Schema;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Patching;

/// <summary>
/// A configuration that is to be applied: checked against the type, without nulls, its quantities in canonical form
/// (so that <c>1000m</c> is no change of <c>1</c>).
/// </summary>
internal static class AppliedConfig
{
    /// <summary>Returns the configuration, or null with the messages of what does not fit the type.</summary>
    public static JsonObject? TryRead(JsonObject document, FieldType type, out IReadOnlyList<string> errors)
    {
        var found = new List<string>();
        var config = Map(document, type, [], found);
        errors = found;
        return found.Count == 0 ? config : null;
    }

    private static JsonObject Map(JsonObject map, FieldType type, List<string> path, List<string> errors)
    {
        var result = new JsonObject();
        foreach (var (name, value) in map)
        {
            path.Add(PathElement.Field(name));
            if (type.Child(name) is not { } child)
            {
                errors.Add($"{PathElement.Show(path)}: field not declared in schema");
            }
            else if (value is not null)
            {
                result[name] = Value(value, child, path, errors);
            }

            path.RemoveAt(path.Count - 1);
        }

        return result;
    }

    private static JsonNode? Value(JsonNode value, FieldType type, List<string> path, List<string> errors)
    {
        switch (type.Type.Kind)
        {
            case NodeKind.Opaque:
                return value.DeepClone();
            case NodeKind.Object or NodeKind.Map when value is JsonObject map:
                return Map(map, type, path, errors);
            case NodeKind.Object or NodeKind.Map:
                errors.Add($"{PathElement.Show(path)}: expected map, got {Describe(value)}");
                return null;
            case NodeKind.List when value is JsonArray list:
                return List(list, type, path, errors);
            case NodeKind.List:
                errors.Add($"{PathElement.Show(path)}: expected list, got {Describe(value)}");
                return null;
            default:
                return Scalar(value, type.Type, path, errors);
        }
    }

    private static JsonArray List(JsonArray list, FieldType type, List<string> path, List<string> errors)
    {
        var result = new JsonArray();
        var seen = new HashSet<string>();
        foreach (var item in list)
        {
            var step = type.IsGranularList ? type.StepOf(item) : null;
            if (type.IsGranularList && step is null)
            {
                errors.Add($"{PathElement.Show(path)}: element {result.Count}: associative list with keys has an "
                    + $"element that omits key field \"{type.Field!.ListMapKeys[0]}\" (and doesn't have "
                    + "default value)");
                continue;
            }

            if (step is not null && !seen.Add(step))
            {
                errors.Add($"{PathElement.Show(path)}: duplicate entries for key {PathElement.Show([step])}");
                continue;
            }

            path.Add(step ?? $"i:{result.Count}");
            result.Add(item is null ? null : Value(item, type.Element, path, errors));
            path.RemoveAt(path.Count - 1);
        }

        return result;
    }

    private static JsonNode? Scalar(JsonNode value, TypeSchema type, List<string> path, List<string> errors)
    {
        var kind = value.GetValueKind();
        var fits = type.Scalar switch
        {
            ScalarKind.Boolean => kind is JsonValueKind.True or JsonValueKind.False,
            ScalarKind.Int32 or ScalarKind.Int64 => kind == JsonValueKind.Number,
            ScalarKind.IntOrString or ScalarKind.Quantity => kind is JsonValueKind.Number or JsonValueKind.String,
            _ => kind == JsonValueKind.String,
        };
        if (!fits)
        {
            errors.Add($"{PathElement.Show(path)}: expected {Expected(type.Scalar)}, got {Describe(value)}");
            return null;
        }

        return type.Scalar == ScalarKind.Quantity && Quantity.TryParse(value.ToString(), out var quantity, out _)
            ? JsonValue.Create(quantity.ToString())
            : value.DeepClone();
    }

    private static string Expected(ScalarKind kind) => kind switch
    {
        ScalarKind.Boolean => "boolean",
        ScalarKind.Int32 or ScalarKind.Int64 => "numeric (int or float)",
        ScalarKind.IntOrString or ScalarKind.Quantity => "string or number",
        _ => "string",
    };

    private static string Describe(JsonNode value) => value switch
    {
        JsonObject => "map",
        JsonArray => "list",
        _ => JsonTree.Text(value),
    };
}
