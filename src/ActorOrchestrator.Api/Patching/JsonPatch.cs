using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Patching;

/// <summary>
/// JSON patch (RFC 6902): add, remove, replace, move, copy and test, applied in order; the first that fails refuses
/// the whole patch. The target is not changed.
/// </summary>
public static class JsonPatch
{
    private sealed record Operation(string Name, JsonPointer Path, JsonPointer? From, bool HasValue, JsonNode? Value);

    public static PatchResult Apply(JsonNode target, JsonNode patch)
    {
        if (patch is not JsonArray list)
        {
            return Refuse(PatchFailure.BadRequest("error decoding patch: a JSON patch must be a list of operations"));
        }

        if (list.Count > PatchLimits.OperationsMax)
        {
            return Refuse(PatchFailure.TooLarge(
                $"The allowed maximum operations in a JSON patch is {PatchLimits.OperationsMax}, got {list.Count}"));
        }

        var operations = new List<Operation>(list.Count);
        foreach (var item in list)
        {
            if (TryDecode(item, out var problem) is not { } operation)
            {
                return Refuse(PatchFailure.BadRequest($"error decoding patch: {problem}"));
            }

            operations.Add(operation);
        }

        return ApplyAll(target, operations);
    }

    private static PatchResult ApplyAll(JsonNode target, List<Operation> operations)
    {
        var document = target.DeepClone();
        long copiedBytes = 0;
        foreach (var operation in operations)
        {
            if (operation.Name == "copy" && operation.From!.TryFind(document, out var source))
            {
                copiedBytes += JsonTree.Encode(source).Length;
                if (copiedBytes > PatchLimits.CopiedBytesMax)
                {
                    return Refuse(PatchFailure.TooLarge(
                        $"Unable to complete the copy, the accumulated size increase of copy is {copiedBytes}, "
                        + $"exceeding the limit {PatchLimits.CopiedBytesMax}"));
                }
            }

            if (IsTooDeep(document, operation))
            {
                return Refuse(PatchFailure.BadRequest(
                    $"the patch makes the object too deep: more than {PatchLimits.DepthMax} values in each other"));
            }

            if (ApplyOne(ref document, operation) is { } problem)
            {
                return Refuse(PatchFailure.Unprocessable(problem));
            }
        }

        return new PatchResult.Patched(document);
    }

    /// <summary>What is not too deep itself can be put into a deep place: then the document would be.</summary>
    private static bool IsTooDeep(JsonNode document, Operation operation)
    {
        var put = operation.Value;
        var isThere = operation.From?.TryFind(document, out put) ?? true;
        return isThere && operation.Name is not ("remove" or "test")
            && operation.Path.Steps.Count + JsonTree.DepthOf(put) > PatchLimits.DepthMax;
    }

    private static Operation? TryDecode(JsonNode? node, out string problem)
    {
        problem = "";
        if (node is not JsonObject map)
        {
            problem = "an operation of a JSON patch must be an object";
            return null;
        }

        var name = Text(map, "op");
        if (name is not ("add" or "remove" or "replace" or "move" or "copy" or "test"))
        {
            problem = $"Unexpected kind: {name ?? "unknown"}";
            return null;
        }

        if (Text(map, "path") is not { } path || JsonPointer.TryParse(path) is not { } pointer)
        {
            problem = $"operation \"{name}\": \"path\" must be a JSON pointer";
            return null;
        }

        JsonPointer? from = null;
        if (name is "move" or "copy")
        {
            from = Text(map, "from") is { } text ? JsonPointer.TryParse(text) : null;
            if (from is null)
            {
                problem = $"operation \"{name}\" \"{path}\": \"from\" must be a JSON pointer";
                return null;
            }
        }

        var hasValue = map.TryGetPropertyValue("value", out var value);
        if (name is "add" or "replace" or "test" && !hasValue)
        {
            problem = $"operation \"{name}\" \"{path}\": \"value\" is missing";
            return null;
        }

        return new Operation(name, pointer, from, hasValue, value);
    }

    /// <summary>Returns the problem, or null if the operation was done.</summary>
    private static string? ApplyOne(ref JsonNode document, Operation operation)
    {
        switch (operation.Name)
        {
            case "add":
                return Add(ref document, operation.Path, operation.Value?.DeepClone(), "add");
            case "remove":
                return Remove(document, operation.Path, "remove", out _);
            case "replace":
                return Replace(ref document, operation.Path, operation.Value?.DeepClone());
            case "move" when operation.From!.IsPrefixOf(operation.Path):
                return $"move operation: \"{operation.From.Text}\" cannot be moved into itself";
            case "move":
                return Remove(document, operation.From!, "move", out var moved)
                       ?? Add(ref document, operation.Path, moved, "move");
            case "copy":
                return operation.From!.TryFind(document, out var source)
                    ? Add(ref document, operation.Path, source?.DeepClone(), "copy")
                    : Missing("copy", operation.From);
            case "test":
                return Test(document, operation.Path, operation.Value);
            default:
                throw new InvalidOperationException($"unknown JSON patch operation {operation.Name}");
        }
    }

    private static string? Test(JsonNode document, JsonPointer path, JsonNode? expected)
    {
        // Kubernetes lets "test" against null pass where the path does not exist.
        if (!path.TryFind(document, out var actual))
        {
            return expected is null ? null : $"testing path {path.Text} failed: the path does not exist";
        }

        return JsonNode.DeepEquals(actual, expected) ? null : $"testing value {path.Text} failed: test failed";
    }

    private static string? Replace(ref JsonNode document, JsonPointer path, JsonNode? value)
    {
        if (path.IsRoot)
        {
            return ReplaceRoot(ref document, value, "replace");
        }

        if (path.FindParent(document) is not { } parent || !JsonPointer.TryGetChild(parent, path.Last, out _))
        {
            return Missing("replace", path);
        }

        if (parent is JsonArray list)
        {
            list[int.Parse(path.Last)] = value;
        }
        else
        {
            parent[path.Last] = value;
        }

        return null;
    }

    private static string? ReplaceRoot(ref JsonNode document, JsonNode? value, string verb)
    {
        if (value is not (JsonObject or JsonArray))
        {
            return $"{verb} operation value must be object or array";
        }

        document = value;
        return null;
    }

    private static string? Add(ref JsonNode document, JsonPointer path, JsonNode? value, string verb)
    {
        if (path.IsRoot)
        {
            return ReplaceRoot(ref document, value, verb);
        }

        switch (path.FindParent(document))
        {
            case JsonObject map:
                map[path.Last] = value;
                return null;
            case JsonArray list when path.Last == "-":
                list.Add(value);
                return null;
            case JsonArray list when JsonPointer.TryIndex(path.Last, list.Count + 1, out var index):
                list.Insert(index, value);
                return null;
            case JsonArray list:
                return $"{verb} operation does not apply: \"{path.Text}\": no such place in a list of {list.Count}";
            default:
                return $"{verb} operation does not apply: doc is missing path: \"{path.Text}\": missing value";
        }
    }

    /// <summary>The whole document cannot be removed, as in Kubernetes.</summary>
    private static string? Remove(JsonNode document, JsonPointer path, string verb, out JsonNode? removed)
    {
        removed = null;
        if (path.IsRoot || path.FindParent(document) is not { } parent
            || !JsonPointer.TryGetChild(parent, path.Last, out removed))
        {
            return Missing(verb, path);
        }

        if (parent is JsonArray list)
        {
            list.RemoveAt(int.Parse(path.Last));
        }
        else
        {
            parent.AsObject().Remove(path.Last);
        }

        return null;
    }

    private static string Missing(string verb, JsonPointer path) => path.IsRoot
        ? $"{verb} operation does not apply: doc is missing path: \"\": missing value"
        : $"{verb} operation does not apply: doc is missing key: {path.Text}: missing value";

    private static string? Text(JsonObject map, string name) =>
        map[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static PatchResult.Refused Refuse(PatchFailure failure) => new(failure);
}
