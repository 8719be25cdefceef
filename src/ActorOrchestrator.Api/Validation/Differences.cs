using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Validation;

/// <summary>Names the fields in which two values of the same type differ.</summary>
internal static class Differences
{
    private const int NamedMax = 10;

    /// <summary>Paths below <c>spec</c>, at most ten of them.</summary>
    public static IEnumerable<string> Between(object old, object @new)
    {
        var paths = new List<string>();
        Collect(JsonTree.Node(KubeJson.Encode(old)), JsonTree.Node(KubeJson.Encode(@new)), "spec", paths);
        return paths.Count <= NamedMax ? paths : [.. paths.Take(NamedMax), $"and {paths.Count - NamedMax} more"];
    }

    /// <summary>The fields that are written of a value.</summary>
    public static IEnumerable<string> FieldsOf(object value) =>
        JsonTree.Node(KubeJson.Encode(value))!.AsObject().Select(field => field.Key);

    private static void Collect(JsonNode? old, JsonNode? @new, string path, List<string> paths)
    {
        if (JsonNode.DeepEquals(old, @new))
        {
            return;
        }

        switch (old, @new)
        {
            case (JsonObject before, JsonObject after):
                foreach (var name in before.Select(entry => entry.Key).Union(after.Select(entry => entry.Key)))
                {
                    Collect(before[name], after[name], $"{path}.{name}", paths);
                }

                break;
            case (JsonArray before, JsonArray after) when before.Count == after.Count:
                for (var i = 0; i < before.Count; i++)
                {
                    Collect(before[i], after[i], $"{path}[{i}]", paths);
                }

                break;
            default:
                paths.Add(path);
                break;
        }
    }
}
