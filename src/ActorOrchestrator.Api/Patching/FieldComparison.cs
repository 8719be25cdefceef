using System.Text.Json.Nodes;

namespace ActorOrchestrator.Api.Patching;

/// <summary>Which fields one object has that another lacks, lacks that it has, and has with another value.</summary>
internal sealed record FieldComparison(FieldSet Added, FieldSet Modified, FieldSet Removed)
{
    public FieldSet Changed => Modified.Union(Added);

    public static FieldComparison Of(JsonObject old, JsonObject @new, FieldType type)
    {
        var walk = new Walk();
        walk.Map(old, @new, type, []);
        return new FieldComparison(walk.Added.Build(), walk.Modified.Build(), walk.Removed.Build());
    }

    public FieldComparison Without(IReadOnlyList<string> branches) => new(
        Added.WithoutBranches(branches), Modified.WithoutBranches(branches), Removed.WithoutBranches(branches));

    /// <summary>An absent value and a null differ: a null that the type always writes is there, and empty.</summary>
    private readonly record struct Slot(bool IsPresent, JsonNode? Node)
    {
        public JsonObject? Map => Node as JsonObject;

        public JsonArray? List => Node as JsonArray;

        public bool IsEmpty => Node is null or JsonObject { Count: 0 } or JsonArray { Count: 0 };

        public static Slot In(JsonObject? map, string name) =>
            map is not null && map.TryGetPropertyValue(name, out var node) ? new Slot(true, node) : default;
    }

    private sealed class Walk
    {
        public FieldSetBuilder Added { get; } = new();

        public FieldSetBuilder Modified { get; } = new();

        public FieldSetBuilder Removed { get; } = new();

        public void Map(JsonObject? old, JsonObject? @new, FieldType type, List<string> path)
        {
            var names = (old ?? []).Select(entry => entry.Key).Union((@new ?? []).Select(entry => entry.Key));
            foreach (var name in names)
            {
                if (type.Child(name) is { } child)
                {
                    Visit(Slot.In(old, name), Slot.In(@new, name), child, path, PathElement.Field(name));
                }
            }
        }

        private void Visit(Slot old, Slot @new, FieldType type, List<string> path, string step)
        {
            path.Add(step);
            if ((old.IsEmpty && @new.IsEmpty) || (!type.IsGranularMap && !type.IsGranularList))
            {
                Leaf(old, @new, path);
            }
            else
            {
                if (type.IsGranularMap)
                {
                    Map(old.Map, @new.Map, type, path);
                }
                else
                {
                    List(old.List, @new.List, type, path);
                }

                Presence(old, @new, path);
            }

            path.RemoveAt(path.Count - 1);
        }

        private void List(JsonArray? old, JsonArray? @new, FieldType type, List<string> path)
        {
            var before = ByStep(old, type);
            var after = ByStep(@new, type);
            foreach (var step in before.Keys.Union(after.Keys))
            {
                var had = before.TryGetValue(step, out var oldItem);
                var has = after.TryGetValue(step, out var newItem);
                Visit(new Slot(had, oldItem), new Slot(has, newItem), type.Element, path, step);
            }
        }

        private void Leaf(Slot old, Slot @new, List<string> path)
        {
            if (old.IsPresent && @new.IsPresent && !JsonNode.DeepEquals(old.Node, @new.Node))
            {
                Modified.Add(path);
            }

            Presence(old, @new, path);
        }

        private void Presence(Slot old, Slot @new, List<string> path)
        {
            if (!old.IsPresent && @new.IsPresent)
            {
                Added.Add(path);
            }
            else if (old.IsPresent && !@new.IsPresent)
            {
                Removed.Add(path);
            }
        }

        /// <summary>Of elements with the same key, which a client may have written, the first counts.</summary>
        private static Dictionary<string, JsonNode?> ByStep(JsonArray? list, FieldType type)
        {
            var items = new Dictionary<string, JsonNode?>();
            foreach (var item in list ?? [])
            {
                if (type.StepOf(item) is { } step)
                {
                    items.TryAdd(step, item);
                }
            }

            return items;
        }
    }
}
