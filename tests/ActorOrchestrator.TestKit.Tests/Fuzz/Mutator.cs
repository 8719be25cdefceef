using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Schema;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.TestKit.Tests.Fuzz;

/// <summary>A place in a document: what holds it, its name or number there, and what the model says of it.</summary>
/// <param name="Type">Null where the model knows nothing.</param>
internal sealed record Place(
    JsonNode Holder, string? Name, int Index, TypeSchema? Type, IReadOnlyList<string> Known, string Pointer)
{
    public JsonNode? Value
    {
        get => Name is null ? Holder[Index] : Holder[Name];
        set
        {
            if (Name is null)
            {
                Holder[Index] = value;
            }
            else
            {
                Holder[Name] = value;
            }
        }
    }

    public void Remove()
    {
        if (Name is null)
        {
            Holder.AsArray().RemoveAt(Index);
        }
        else
        {
            Holder.AsObject().Remove(Name);
        }
    }

    /// <summary>Every place below a node.</summary>
    public static List<Place> AllIn(JsonNode root, TypeSchema? type)
    {
        var places = new List<Place>();
        Collect(root, type, "", places);
        return places;
    }

    private static void Collect(JsonNode? node, TypeSchema? type, string pointer, List<Place> places)
    {
        switch (node)
        {
            case JsonObject holder when !HasNameTwice(holder):
                foreach (var (name, value) in holder)
                {
                    var field = Field(type, name);
                    var inner = field?.Type ?? (type?.Kind == NodeKind.Map ? type.Element : null);
                    var at = $"{pointer}/{name.Replace("~", "~0").Replace("/", "~1")}";
                    places.Add(new Place(holder, name, 0, inner, field?.Values ?? [], at));
                    Collect(value, inner, at, places);
                }

                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    var element = type?.Kind == NodeKind.List ? type.Element : null;
                    places.Add(new Place(list, null, i, element, [], $"{pointer}/{i}"));
                    Collect(list[i], element, $"{pointer}/{i}", places);
                }

                break;
        }
    }

    /// <summary>Whether it is a value that is kept as it was sent (<c>ControllerRevision.data</c>), with a name more
    /// than once: then it cannot be looked into, and is left as it is.</summary>
    public static bool HasNameTwice(JsonObject holder)
    {
        try
        {
            return holder.Count < 0;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    private static FieldSchema? Field(TypeSchema? type, string name) =>
        type?.Kind == NodeKind.Object && type.TryField(name, out var field) ? field : null;
}

/// <summary>Changes documents at random places, in ways that programs have stumbled over before.</summary>
internal sealed class Mutator(Dice dice)
{
    /// <summary>A cluster of a few pods is tested as well as one of many, and sooner.</summary>
    private const int ReplicasMax = 5;

    private static readonly string[] Amounts = ["replicas", "parallelism", "completions"];

    private readonly ValueMaker _values = new(dice);

    public ValueMaker Values => _values;

    /// <summary>A reference to an object that there is.</summary>
    public JsonObject? Owner { get; set; }

    public void Mutate(Draft draft, TypeSchema? type)
    {
        var times = dice.Below(100) switch { < 4 => 0, < 62 => 1, < 85 => 2, _ => dice.Between(3, 6) };
        for (var left = times; left > 0; left--)
        {
            Once(draft, type);
        }

        Bound(draft.Root);
    }

    /// <summary>A place of the document; most of the time none of those that say what it is.</summary>
    public Place? Pick(JsonNode root, TypeSchema? type)
    {
        var places = Place.AllIn(root, type);
        if (places.Count == 0)
        {
            return null;
        }

        var picked = dice.Pick(places);
        return picked.Name is "apiVersion" or "kind" or "name" or "namespace" && dice.Chance(0.9)
            ? dice.Pick(places)
            : picked;
    }

    /// <summary>Damages the text itself.</summary>
    public byte[] Damage(byte[] text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        var at = dice.Below(text.Length);
        byte[] odd = [.. dice.Pick<byte[]>([[0], [0xFF, 0xFE], [0xC3, 0x28], [0xEF, 0xBB, 0xBF], "}"u8.ToArray(),
            "\""u8.ToArray(), "\t"u8.ToArray(), "\n---\n"u8.ToArray(), "&a *a"u8.ToArray(), "<<: *a\n"u8.ToArray()])];
        return dice.Below(5) switch
        {
            0 => text[..at],
            1 => [.. text, .. odd],
            2 => [.. text[..at], .. odd, .. text[at..]],
            3 => [.. text[..at], (byte)(text[at] ^ (1 << dice.Below(8))), .. text[(at + 1)..]],
            _ => [.. text[..at], .. text[Math.Min(text.Length, at + dice.Below(20))..]],
        };
    }

    public static void Bound(JsonNode? node)
    {
        foreach (var place in node is null ? [] : Place.AllIn(node, null))
        {
            if (Amounts.Contains(place.Name) && place.Value is JsonValue value && value.TryGetValue<long>(out var many)
                && many is > ReplicasMax and <= int.MaxValue)
            {
                place.Value = many % ReplicasMax;
            }
        }
    }

    private void Once(Draft draft, TypeSchema? type)
    {
        if (Pick(draft.Root, type) is not { } place)
        {
            draft.Root = new JsonObject();
            return;
        }

        switch (dice.Below(15))
        {
            case 0:
                place.Remove();
                break;
            case 1:
                place.Value = _values.Any();
                break;
            case 2:
                place.Value = _values.Text();
                break;
            case 3 or 4 when place.Type is { } known:
                place.Value = _values.Of(known, place.Known);
                break;
            case 5:
                place.Value = draft.Raw(dice.Pick(Oddities.Tokens));
                break;
            case 6:
                Repeat(draft, place);
                break;
            case 7 or 8 or 9:
                AddField(draft, type);
                break;
            case 10:
                place.Value = Pick(draft.Root, type)?.Value?.DeepClone();
                break;
            case 11:
                Deepen(draft, type, place);
                break;
            case 12 when dice.Chance(0.2):
                Grow(place);
                break;
            case 13:
                Own(draft.Root);
                break;
            case 14 when draft.Root is JsonObject root && root["metadata"] is JsonObject metadata:
                var applied = dice.Chance(0.8) ? draft.Root.ToJsonString(Draft.Written) : _values.Text();
                metadata["annotations"] = new JsonObject
                {
                    ["kubectl.kubernetes.io/last-applied-configuration"] = applied,
                };
                break;
            default:
                Rename(place);
                break;
        }
    }

    /// <summary>Where the model takes any JSON, and now and then elsewhere: values in each other, or names
    /// twice.</summary>
    private void Deepen(Draft draft, TypeSchema? type, Place place)
    {
        var opaque = Place.AllIn(draft.Root, type).Where(each => each.Type?.Kind == NodeKind.Opaque).ToList();
        var at = opaque.Count > 0 && dice.Chance(0.9) ? dice.Pick(opaque) : place;
        at.Value = dice.Chance(0.6) ? _values.Deep() : draft.Raw(dice.Pick(Oddities.Tokens));
    }

    /// <summary>Many elements, names or letters where there were few.</summary>
    private void Grow(Place place)
    {
        var many = dice.Pick([50, 500, 2_000]);
        switch (place.Value)
        {
            case JsonArray { Count: > 0 } list:
                for (var i = 0; i < many; i++)
                {
                    list.Add(list[i % list.Count]?.DeepClone());
                }

                break;
            case JsonObject map when !Place.HasNameTwice(map):
                for (var i = 0; i < many; i++)
                {
                    map[$"a{i}"] = _values.Any();
                }

                break;
            case JsonValue value when value.TryGetValue<string>(out var text):
                place.Value = string.Concat(Enumerable.Repeat(text, many));
                break;
        }
    }

    /// <summary>Gives the object an owner: one that there is, mostly.</summary>
    private void Own(JsonNode root)
    {
        if (root is not JsonObject map || map["metadata"] is not JsonObject metadata || Owner is not { } owner)
        {
            return;
        }

        var reference = owner.DeepClone();
        reference["controller"] = dice.Chance(0.7);
        reference["blockOwnerDeletion"] = dice.Chance(0.5);
        metadata["ownerReferences"] = new JsonArray(reference);
        if (dice.Chance(0.3))
        {
            metadata["finalizers"] = new JsonArray(dice.Pick(["orphan", "foregroundDeletion", "example.com/a", "a"]));
        }
    }

    /// <summary>The same element again, or the same name again in one object.</summary>
    private void Repeat(Draft draft, Place place)
    {
        if (place.Holder is JsonArray list)
        {
            list.Insert(dice.Below(list.Count + 1), place.Value?.DeepClone());
        }
        else if (!place.Name!.AsSpan().ContainsAny('"', '\\'))
        {
            place.Holder[draft.Raw($"\"{place.Name}\"")] = dice.Chance(0.5) ? place.Value?.DeepClone() : _values.Any();
        }
    }

    /// <summary>A field that the model knows and the document lacks; now and then one that nobody knows.</summary>
    private void AddField(Draft draft, TypeSchema? type)
    {
        var objects = Place.AllIn(draft.Root, type)
            .Where(place => place.Value is JsonObject && place.Type?.Kind == NodeKind.Object)
            .Select(place => (Node: (JsonObject)place.Value!, Type: place.Type!)).ToList();
        if (draft.Root is JsonObject root && type?.Kind == NodeKind.Object)
        {
            objects.Add((root, type));
        }

        if (objects.Count == 0)
        {
            return;
        }

        var (node, shape) = dice.Pick(objects);
        if (dice.Chance(0.1))
        {
            node[_values.Text()] = _values.Any();
            return;
        }

        var field = dice.Pick(shape.Fields);
        node[field.WireName] = _values.Of(field.Type, field.Values);
    }

    private void Rename(Place place)
    {
        if (place.Name is { } name)
        {
            var value = place.Value?.DeepClone();
            place.Remove();
            place.Holder[dice.Pick([name.ToUpperInvariant(), name + "s", " " + name, _values.Text()])] = value;
        }
    }
}
