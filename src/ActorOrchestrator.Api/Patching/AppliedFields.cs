using System.Text.Json.Nodes;

namespace ActorOrchestrator.Api.Patching;

/// <summary>What server-side apply does with typed documents: list the fields, merge, remove fields.</summary>
internal static class AppliedFields
{
    /// <summary>The fields that a configuration names: what its applier wants to own.</summary>
    public static FieldSet Of(JsonObject document, FieldType type)
    {
        var builder = new FieldSetBuilder();
        CollectMap(document, type, [], builder);
        return builder.Build();
    }

    /// <summary>The live object with the configuration's fields; what the configuration leaves out stays.</summary>
    public static JsonObject Merge(JsonObject live, JsonObject config, FieldType type)
    {
        var result = new JsonObject();
        foreach (var (name, value) in live)
        {
            result[name] = config.TryGetPropertyValue(name, out var wanted) && wanted is not null
                ? MergeValue(value, wanted, type.Child(name))
                : value?.DeepClone();
        }

        foreach (var (name, wanted) in config)
        {
            if (!result.ContainsKey(name))
            {
                result[name] = wanted?.DeepClone();
            }
        }

        return result;
    }

    /// <summary>The document without the fields of a set; what is left empty by it goes too.</summary>
    public static JsonObject Remove(JsonObject document, FieldSet fields, FieldType type) =>
        RemoveFromMap(document, fields, type) ?? [];

    private static void CollectMap(JsonObject map, FieldType type, List<string> path, FieldSetBuilder builder)
    {
        foreach (var (name, value) in map)
        {
            if (type.Child(name) is not { } child)
            {
                continue;
            }

            path.Add(PathElement.Field(name));
            CollectValue(value, child, path, builder);
            if (value is null or JsonObject { Count: 0 } || !type.IsNamed(name))
            {
                builder.Add(path);
            }

            path.RemoveAt(path.Count - 1);
        }
    }

    private static void CollectValue(JsonNode? value, FieldType type, List<string> path, FieldSetBuilder builder)
    {
        switch (value)
        {
            case JsonObject map when type.IsGranularMap:
                CollectMap(map, type, path, builder);
                break;
            case JsonArray list when type.IsGranularList:
                foreach (var item in list)
                {
                    if (type.StepOf(item) is not { } step)
                    {
                        continue;
                    }

                    path.Add(step);
                    CollectValue(item, type.Element, path, builder);
                    builder.Add(path);
                    path.RemoveAt(path.Count - 1);
                }

                break;
            default:
                builder.Add(path);
                break;
        }
    }

    private static JsonNode MergeValue(JsonNode? live, JsonNode wanted, FieldType? type) => (live, wanted) switch
    {
        (JsonObject before, JsonObject change) when type is { IsGranularMap: true } =>
            Merge(before, change, type.Value),
        (JsonArray before, JsonArray change) when type is { IsGranularList: true } =>
            MergeList(before, change, type.Value),
        _ => wanted.DeepClone(),
    };

    /// <summary>
    /// The wanted elements in their order. The live object's own elements come as early as they can without passing
    /// the next wanted one that is live too.
    /// </summary>
    /// <example>live [a, b, c, e], wanted [d, c]: [a, b, d, c, e].</example>
    private static JsonArray MergeList(JsonArray live, JsonArray wanted, FieldType type)
    {
        var wantedSteps = wanted.Select(type.StepOf).ToList();
        var liveSteps = live.Select(type.StepOf).ToList();
        var isWanted = wantedSteps.ToHashSet();
        var shared = new Queue<string?>(wantedSteps.Where(liveSteps.ToHashSet().Contains));
        var result = new JsonArray();
        var position = 0;
        for (var i = 0; i < wanted.Count; i++)
        {
            TakeOwn(shared.TryPeek(out var next) ? next : null);
            var index = liveSteps.IndexOf(wantedSteps[i]);
            var item = wanted[i];
            result.Add(index < 0 || item is null ? item?.DeepClone() : MergeValue(live[index], item, type.Element));
            if (index >= 0)
            {
                shared.Dequeue();
            }
        }

        TakeOwn(null);
        return result;

        void TakeOwn(string? before)
        {
            for (; position < live.Count && (before is null || liveSteps[position] != before); position++)
            {
                if (!isWanted.Contains(liveSteps[position]))
                {
                    result.Add(live[position]?.DeepClone());
                }
            }
        }
    }

    private static JsonObject? RemoveFromMap(JsonObject map, FieldSet fields, FieldType type)
    {
        var result = new JsonObject();
        foreach (var (name, value) in map)
        {
            var step = PathElement.Field(name);
            if (fields.HasMember(step))
            {
                continue;
            }

            var below = fields.Below(step);
            if (below.IsEmpty || type.Child(name) is not { } child)
            {
                result[name] = value?.DeepClone();
            }
            else if (RemoveFromValue(value, below, child) is { } rest)
            {
                result[name] = rest;
            }
        }

        return result.Count == 0 ? null : result;
    }

    private static JsonNode? RemoveFromValue(JsonNode? value, FieldSet fields, FieldType type)
    {
        switch (value)
        {
            case JsonObject map when type.IsGranularMap:
                return RemoveFromMap(map, fields, type);
            case JsonArray list when type.IsGranularList:
                var result = new JsonArray();
                foreach (var item in list)
                {
                    var step = type.StepOf(item) ?? "";
                    if (fields.HasMember(step))
                    {
                        continue;
                    }

                    var below = fields.Below(step);
                    result.Add(below.IsEmpty ? item?.DeepClone() : RemoveFromValue(item, below, type.Element));
                }

                return result.Count == 0 ? null : result;
            default:
                return value?.DeepClone();
        }
    }
}
