using System.Text.Json.Nodes;

namespace ActorOrchestrator.Api.Patching;

/// <summary>JSON merge patch (RFC 7386): objects merge, null deletes, anything else replaces.</summary>
public static class MergePatch
{
    /// <summary>The target is not changed; the patch must be a JSON object, as the target is.</summary>
    public static PatchResult Apply(JsonObject target, JsonNode patch)
    {
        if (patch is not JsonObject map)
        {
            return new PatchResult.Refused(PatchFailure.BadRequest(
                "error decoding patch: a merge patch of an object must be a JSON object"));
        }

        return new PatchResult.Patched(Merge(target, map));
    }

    private static JsonNode Merge(JsonNode? target, JsonObject patch)
    {
        var result = new JsonObject();
        if (target is JsonObject map)
        {
            foreach (var (name, value) in map)
            {
                if (!patch.ContainsKey(name))
                {
                    result[name] = value?.DeepClone();
                }
                else if (patch[name] is { } replacement)
                {
                    result[name] = Replace(value, replacement);
                }
            }
        }

        foreach (var (name, value) in patch)
        {
            if (value is not null && !result.ContainsKey(name))
            {
                result[name] = Replace(null, value);
            }
        }

        return result;
    }

    private static JsonNode Replace(JsonNode? target, JsonNode patch) =>
        patch is JsonObject map ? Merge(target, map) : patch.DeepClone();
}
