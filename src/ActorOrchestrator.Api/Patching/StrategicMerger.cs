using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Patching;

/// <summary>
/// One run of a strategic merge. It consumes its own copies of target and patch; the first failure is kept, and what
/// is computed after it means nothing.
/// </summary>
internal sealed class StrategicMerger
{
    public PatchFailure? Failure { get; private set; }

    public JsonObject MergeObject(JsonObject original, JsonObject patch, StrategicField field)
    {
        if (StrategicDirectives.Take(patch, StrategicDirectives.Patch, out var directive))
        {
            switch (StrategicDirectives.Text(directive))
            {
                case "replace":
                    return StrategicDirectives.Dropped(patch).AsObject();
                case "delete":
                    return [];
                case "merge":
                    break;
                default:
                    Fail(PatchFailure.BadRequest($"unknown patch type found: {Show(directive)}"));
                    return original;
            }
        }

        RetainKeys(original, patch);
        OrderLists(original, patch, field);
        foreach (var (key, value) in patch.ToList())
        {
            patch.Remove(key);
            MergeEntry(original, key, value, field);
        }

        return original;
    }

    private void MergeEntry(JsonObject original, string key, JsonNode? value, StrategicField field)
    {
        if (StrategicDirectives.ListOf(key, StrategicDirectives.DeleteFromList) is { } listName)
        {
            DeleteFromList(original, listName, value);
            return;
        }

        if (value is null)
        {
            original.Remove(key);
            return;
        }

        original.TryGetPropertyValue(key, out var current);
        var child = field.Child(key);
        switch (current, value)
        {
            case (JsonObject before, JsonObject change) when !child.Replaces:
                original.Remove(key);
                original[key] = MergeObject(before, change, child);
                break;
            case (JsonArray before, JsonArray change) when child.Merges:
                original[key] = MergeList(before, change, child);
                break;
            default:
                original[key] = StrategicDirectives.Dropped(value);
                break;
        }
    }

    /// <summary>Merges lists by key, or lists of scalars as sets; the order is that of the patch.</summary>
    private JsonArray MergeList(JsonArray original, JsonArray patch, StrategicField field)
    {
        if (original.Concat(patch).Any(item => item is JsonArray))
        {
            Fail(PatchFailure.Unprocessable("lists of lists are not supported"));
            return [];
        }

        var before = StrategicOrder.Detach(original);
        var change = StrategicOrder.Detach(patch);
        if (!before.Concat(change).Any(item => item is JsonObject))
        {
            return StrategicOrder.Arrange(StrategicOrder.Distinct([.. before, .. change]), change, before, null);
        }

        if (field.MergeKey is not { } key)
        {
            Fail(PatchFailure.Unprocessable("cannot merge lists of objects without a merge key"));
            return [];
        }

        var serverOrder = before.Select(item => item?.DeepClone()).ToList();
        if (MergeItems(before, change, key, field.Element) is not { } merged)
        {
            return [];
        }

        return StrategicOrder.Arrange(merged, change, serverOrder, key);
    }

    private List<JsonNode?>? MergeItems(
        List<JsonNode?> before, List<JsonNode?> change, string key, StrategicField element)
    {
        var additions = new List<JsonObject>();
        var replaces = false;
        foreach (var item in change)
        {
            if (item is not JsonObject map)
            {
                Fail(PatchFailure.BadRequest($"invalid patch format: {Show(item)} is not an object"));
                return null;
            }

            if (!map.TryGetPropertyValue(StrategicDirectives.Patch, out var directive))
            {
                additions.Add(map);
                continue;
            }

            switch (StrategicDirectives.Text(directive))
            {
                case "replace":
                    replaces = true;
                    break;
                case "delete" when map[key] is { } value:
                    before.RemoveAll(existing => StrategicOrder.HasKey(existing, key, value));
                    break;
                case "delete":
                    return NoKey(map, key);
                case "merge":
                    Fail(PatchFailure.Unprocessable("merging lists cannot yet be specified in the patch"));
                    return null;
                default:
                    Fail(PatchFailure.BadRequest($"unknown patch type found: {Show(directive)}"));
                    return null;
            }
        }

        change.RemoveAll(item => item!.AsObject().ContainsKey(StrategicDirectives.Patch));
        return replaces
            ? [.. additions.Select(StrategicDirectives.Dropped)]
            : MergeAdditions(before, additions, key, element);
    }

    private List<JsonNode?>? MergeAdditions(
        List<JsonNode?> merged, List<JsonObject> additions, string key, StrategicField element)
    {
        foreach (var addition in additions)
        {
            if (addition[key] is not { } value)
            {
                return NoKey(addition, key);
            }

            var index = merged.FindIndex(item => StrategicOrder.HasKey(item, key, value));
            var change = addition.DeepClone().AsObject();
            if (index < 0)
            {
                merged.Add(StrategicDirectives.Dropped(change));
            }
            else
            {
                merged[index] = MergeObject(merged[index]!.AsObject(), change, element);
            }
        }

        return merged;
    }

    /// <summary>
    /// <c>$setElementOrder/LIST</c> names all elements in the wanted order; those that only the server has keep their
    /// places among them. It is handled with the list's own patch, which it removes.
    /// </summary>
    private void OrderLists(JsonObject original, JsonObject patch, StrategicField field)
    {
        foreach (var (directive, value) in patch.ToList())
        {
            if (StrategicDirectives.ListOf(directive, StrategicDirectives.SetOrder) is not { } name)
            {
                continue;
            }

            patch.Remove(directive);
            if (value is not JsonArray order)
            {
                Fail(PatchFailure.BadRequest("invalid patch format of setElementOrder list"));
                return;
            }

            patch.TryGetPropertyValue(name, out var change);
            if (change is null && patch.ContainsKey(name))
            {
                continue;
            }

            original.TryGetPropertyValue(name, out var current);
            if (current is null && change is null)
            {
                continue;
            }

            var child = field.Child(name);
            var wanted = StrategicOrder.Detach(order);
            CheckOrder(change as JsonArray, wanted, child.MergeKey);
            patch.Remove(name);
            var serverOrder = (current as JsonArray)?.Select(item => item?.DeepClone()).ToList() ?? [];
            if (change is not null)
            {
                MergeEntry(original, name, change, field);
            }

            if (Failure is null && original[name] is JsonArray merged)
            {
                original[name] = StrategicOrder.Arrange(
                    StrategicOrder.Detach(merged), wanted, serverOrder, child.MergeKey);
            }
        }
    }

    /// <summary>The elements that the patch changes must stand in the wanted order too.</summary>
    private void CheckOrder(JsonArray? change, List<JsonNode?> wanted, string? key)
    {
        var position = 0;
        foreach (var item in change ?? [])
        {
            if (item is JsonObject map && map.ContainsKey(StrategicDirectives.Patch))
            {
                continue;
            }

            while (position < wanted.Count && !StrategicOrder.SameElement(wanted[position], item, key))
            {
                position++;
            }

            if (position == wanted.Count)
            {
                Fail(PatchFailure.BadRequest($"The order in patch list:\n{Show(change)}\n doesn't match "
                    + $"$setElementOrder list:\n[{string.Join(',', wanted.Select(Show))}]\n"));
                return;
            }
        }
    }

    /// <summary><c>$retainKeys</c> lists the only fields that may remain: a choice changes as a whole.</summary>
    private void RetainKeys(JsonObject original, JsonObject patch)
    {
        if (!StrategicDirectives.Take(patch, StrategicDirectives.RetainKeys, out var value))
        {
            return;
        }

        var keys = (value as JsonArray)?.Select(StrategicDirectives.Text).ToHashSet();
        var fits = keys is not null
                   && !keys.Contains(null)
                   && patch.All(entry => entry.Key.StartsWith('$') || entry.Value is null || keys.Contains(entry.Key));
        if (!fits)
        {
            Fail(PatchFailure.BadRequest("invalid patch format of retainKeys"));
            return;
        }

        foreach (var name in original.Select(entry => entry.Key).Where(name => !keys!.Contains(name)).ToList())
        {
            original.Remove(name);
        }
    }

    private void DeleteFromList(JsonObject original, string name, JsonNode? value)
    {
        if (value is not JsonArray gone || gone.Any(item => item is JsonObject or JsonArray))
        {
            Fail(PatchFailure.BadRequest("invalid patch format of primitive list"));
            return;
        }

        if (original[name] is JsonArray list)
        {
            var kept = StrategicOrder.Detach(list)
                .Where(item => !gone.Any(each => JsonNode.DeepEquals(each, item)));
            original[name] = new JsonArray([.. kept]);
        }
    }

    private List<JsonNode?>? NoKey(JsonObject map, string key)
    {
        Fail(PatchFailure.Unprocessable($"map: {Show(map)} does not contain declared merge key: {key}"));
        return null;
    }

    private void Fail(PatchFailure failure) => Failure ??= failure;

    private static string Show(JsonNode? node) => JsonTree.Text(node);
}
