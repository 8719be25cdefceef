using System.Runtime.InteropServices;
using System.Text.Json;

namespace ActorOrchestrator.Api.Patching;

/// <summary>Which fields one object has that another lacks, lacks that it has, and has with another value.</summary>
internal sealed record FieldComparison(FieldSet Added, FieldSet Modified, FieldSet Removed)
{
    public FieldSet Changed => Modified.Union(Added);

    /// <summary>
    /// Compares two documents. Parts with the same text are equal and cost no more than the comparison of the text;
    /// as the model writes equal values alike, an update costs what it changes.
    /// </summary>
    public static FieldComparison Of(JsonElement old, JsonElement @new, FieldType type)
    {
        var walk = new Walk();
        walk.Map(old, @new, type, []);
        return new FieldComparison(walk.Added.Build(), walk.Modified.Build(), walk.Removed.Build());
    }

    public FieldComparison Select(Func<FieldSet, FieldSet> choose) =>
        new(choose(Added), choose(Modified), choose(Removed));

    /// <summary>An absent value is <c>Undefined</c>; a null that the type always writes is there, and empty.</summary>
    private sealed class Walk
    {
        public FieldSetBuilder Added { get; } = new();

        public FieldSetBuilder Modified { get; } = new();

        public FieldSetBuilder Removed { get; } = new();

        public void Map(JsonElement old, JsonElement @new, FieldType type, List<string> path)
        {
            if (@new.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in @new.EnumerateObject())
                {
                    Field(In(old, property.Name), property.Value, property.Name, type, path);
                }
            }

            if (old.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in old.EnumerateObject())
                {
                    if (In(@new, property.Name).ValueKind == JsonValueKind.Undefined)
                    {
                        Field(property.Value, default, property.Name, type, path);
                    }
                }
            }
        }

        private static JsonElement In(JsonElement map, string name) =>
            map.ValueKind == JsonValueKind.Object && map.TryGetProperty(name, out var value) ? value : default;

        private void Field(JsonElement old, JsonElement @new, string name, FieldType type, List<string> path)
        {
            if (!SameText(old, @new) && type.Child(name) is { } child)
            {
                Visit(old, @new, child, path, PathElement.Field(name));
            }
        }

        private void Visit(JsonElement old, JsonElement @new, FieldType type, List<string> path, string step)
        {
            path.Add(step);
            if ((IsEmpty(old) && IsEmpty(@new)) || (!type.IsGranularMap && !type.IsGranularList))
            {
                Leaf(old, @new, path);
            }
            else
            {
                if (type.IsGranularMap)
                {
                    Map(old, @new, type, path);
                }
                else
                {
                    List(old, @new, type, path);
                }

                Presence(old, @new, path);
            }

            path.RemoveAt(path.Count - 1);
        }

        private void List(JsonElement old, JsonElement @new, FieldType type, List<string> path)
        {
            var before = ByStep(old, type);
            var after = ByStep(@new, type);
            foreach (var (step, item) in after)
            {
                var had = before.GetValueOrDefault(step);
                if (!SameText(had, item))
                {
                    Visit(had, item, type.Element, path, step);
                }
            }

            foreach (var (step, item) in before)
            {
                if (!after.ContainsKey(step))
                {
                    Visit(item, default, type.Element, path, step);
                }
            }
        }

        private void Leaf(JsonElement old, JsonElement @new, List<string> path)
        {
            if (IsPresent(old) && IsPresent(@new) && !JsonElement.DeepEquals(old, @new))
            {
                Modified.Add(path);
            }

            Presence(old, @new, path);
        }

        private void Presence(JsonElement old, JsonElement @new, List<string> path)
        {
            if (!IsPresent(old) && IsPresent(@new))
            {
                Added.Add(path);
            }
            else if (IsPresent(old) && !IsPresent(@new))
            {
                Removed.Add(path);
            }
        }

        private static bool IsPresent(JsonElement value) => value.ValueKind != JsonValueKind.Undefined;

        private static bool IsEmpty(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => true,
            JsonValueKind.Object => value.GetPropertyCount() == 0,
            JsonValueKind.Array => value.GetArrayLength() == 0,
            _ => false,
        };

        private static bool SameText(JsonElement old, JsonElement @new) =>
            IsPresent(old)
            && IsPresent(@new)
            && JsonMarshal.GetRawUtf8Value(old).SequenceEqual(JsonMarshal.GetRawUtf8Value(@new));

        /// <summary>Of elements with the same key, which a client may have written, the first counts.</summary>
        private static Dictionary<string, JsonElement> ByStep(JsonElement list, FieldType type)
        {
            var items = new Dictionary<string, JsonElement>();
            if (list.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in list.EnumerateArray())
                {
                    if (type.StepOf(item) is { } step)
                    {
                        items.TryAdd(step, item);
                    }
                }
            }

            return items;
        }
    }
}
