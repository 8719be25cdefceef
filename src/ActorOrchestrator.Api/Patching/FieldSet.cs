using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Patching;

/// <summary>
/// An immutable set of field paths: at each step, whether the path that ends there is a member, and the set of what
/// lies below. On the wire it is <c>fieldsV1</c>: nested objects by step, with <c>.</c> for a member that also has
/// members below it. Held as a sorted array, so that the set operations are merges of two arrays.
/// </summary>
internal sealed class FieldSet
{
    public static readonly FieldSet Empty = new([]);

    private readonly Entry[] _entries;

    private FieldSet(Entry[] entries) => _entries = entries;

    public bool IsEmpty => _entries.Length == 0;

    /// <summary>Of steps in ordinal order, each with what lies below it; those that hold nothing go.</summary>
    public static FieldSet Of(IEnumerable<(string Element, bool IsMember, FieldSet Below)> sorted)
    {
        Entry[] entries =
        [
            .. sorted.Select(entry => new Entry(entry.Element, entry.IsMember, entry.Below))
                .Where(entry => entry.HoldsAny),
        ];
        return entries.Length == 0 ? Empty : new FieldSet(entries);
    }

    /// <summary>Reads <c>fieldsV1</c>; null if it is malformed.</summary>
    public static FieldSet? TryParse(RawJson? fieldsV1)
    {
        if (fieldsV1 is null)
        {
            return Empty;
        }

        try
        {
            return PatchLimits.Parse(fieldsV1.Utf8) is JsonObject map ? FromJson(map) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public RawJson ToJson()
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(output, KubeJson.WriterOptions))
        {
            Write(writer, isMember: false);
        }

        return RawJson.Parse(output.WrittenMemory);
    }

    public bool Has(IReadOnlyList<string> path)
    {
        var set = this;
        for (var i = 0; i < path.Count - 1; i++)
        {
            set = set.Below(path[i]);
        }

        return set.HasMember(path[^1]);
    }

    public bool HasMember(string element) => Find(element) is { IsMember: true };

    /// <summary>The first steps of all paths, in order.</summary>
    public IEnumerable<string> Steps => _entries.Select(entry => entry.Element);

    /// <summary>The set of what lies below a step.</summary>
    public FieldSet Below(string element) => Find(element)?.Below ?? Empty;

    public FieldSet WithMember(string element) => Union(new FieldSet([new Entry(element, true, Empty)]));

    /// <summary>With another set below a step, in the place of the one that was there.</summary>
    public FieldSet WithBelow(string element, FieldSet below)
    {
        var entry = new Entry(element, HasMember(element), below);
        var others = WithoutBranches([element]);
        return entry.HoldsAny ? others.Union(new FieldSet([entry])) : others;
    }

    public FieldSet Union(FieldSet other) => IsEmpty ? other : other.IsEmpty ? this : Merge(other, static (own, its) =>
        own is null ? its : its is null ? own : own with
        {
            IsMember = own.IsMember || its.IsMember, Below = own.Below.Union(its.Below),
        });

    /// <summary>The members that are not members of the other; what lies below a removed member stays.</summary>
    public FieldSet Except(FieldSet other) => IsEmpty || other.IsEmpty ? this : Merge(other, static (own, its) =>
        own is null || its is null ? own : own with
        {
            IsMember = own.IsMember && !its.IsMember, Below = own.Below.Except(its.Below),
        });

    public FieldSet Intersect(FieldSet other) => IsEmpty || other.IsEmpty ? Empty : Merge(other, static (own, its) =>
        own is null || its is null ? null : own with
        {
            IsMember = own.IsMember && its.IsMember, Below = own.Below.Intersect(its.Below),
        });

    /// <summary>Without whole branches, however deep their members lie.</summary>
    public FieldSet WithoutBranches(IReadOnlyCollection<string> elements) =>
        new([.. _entries.Where(entry => !elements.Contains(entry.Element))]);

    /// <summary>
    /// Every <c>f:</c> step on the way to a member that <paramref name="isNamed"/> accepts becomes a member too, so
    /// that a struct that holds nothing else of a manager's goes with its last field.
    /// </summary>
    public FieldSet WithNamedFields(Func<IReadOnlyList<string>, string, bool> isNamed) => WithNamedFields(isNamed, []);

    public IEnumerable<IReadOnlyList<string>> Paths() => Paths([]);

    public bool SameAs(FieldSet other) =>
        _entries.Length == other._entries.Length
        && _entries.Zip(other._entries).All(pair =>
            pair.First.Element == pair.Second.Element
            && pair.First.IsMember == pair.Second.IsMember
            && pair.First.Below.SameAs(pair.Second.Below));

    private static FieldSet? FromJson(JsonObject map)
    {
        var entries = new List<(string Element, bool IsMember, FieldSet Below)>(map.Count);
        foreach (var (text, value) in map)
        {
            if (text == ".")
            {
                continue;
            }

            if (value is not JsonObject below
                || PathElement.TryParse(text) is not { } element
                || FromJson(below) is not { } children)
            {
                return null;
            }

            entries.Add((element, below.Count == 0 || below.ContainsKey("."), children));
        }

        return Of(entries.DistinctBy(entry => entry.Element).OrderBy(entry => entry.Element, StringComparer.Ordinal));
    }

    private void Write(Utf8JsonWriter writer, bool isMember)
    {
        writer.WriteStartObject();
        if (isMember && !IsEmpty)
        {
            writer.WriteStartObject("."u8);
            writer.WriteEndObject();
        }

        foreach (var entry in _entries)
        {
            writer.WritePropertyName(entry.Element);
            entry.Below.Write(writer, entry.IsMember);
        }

        writer.WriteEndObject();
    }

    private Entry? Find(string element)
    {
        var (low, high) = (0, _entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(_entries[middle].Element, element);
            if (order == 0)
            {
                return _entries[middle];
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    /// <summary>Walks both sorted arrays at once; the choice gets a step's entries, null where one lacks it.</summary>
    private FieldSet Merge(FieldSet other, Func<Entry?, Entry?, Entry?> choose)
    {
        var result = new List<Entry>(_entries.Length + other._entries.Length);
        int i = 0, j = 0;
        while (i < _entries.Length || j < other._entries.Length)
        {
            var order = i == _entries.Length ? 1
                : j == other._entries.Length ? -1
                : string.CompareOrdinal(_entries[i].Element, other._entries[j].Element);
            var own = order <= 0 ? _entries[i++] : null;
            var its = order >= 0 ? other._entries[j++] : null;
            if (choose(own, its) is { HoldsAny: true } chosen)
            {
                result.Add(chosen);
            }
        }

        return result.Count == 0 ? Empty : new FieldSet([.. result]);
    }

    private FieldSet WithNamedFields(Func<IReadOnlyList<string>, string, bool> isNamed, List<string> path)
    {
        var entries = new Entry[_entries.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = _entries[i];
            var isMember = entry.IsMember || (PathElement.FieldName(entry.Element) is { } name && isNamed(path, name));
            path.Add(entry.Element);
            entries[i] = entry with { IsMember = isMember, Below = entry.Below.WithNamedFields(isNamed, path) };
            path.RemoveAt(path.Count - 1);
        }

        return new FieldSet(entries);
    }

    private IEnumerable<IReadOnlyList<string>> Paths(IReadOnlyList<string> parent)
    {
        foreach (var entry in _entries)
        {
            string[] path = [.. parent, entry.Element];
            if (entry.IsMember)
            {
                yield return path;
            }

            foreach (var deeper in entry.Below.Paths(path))
            {
                yield return deeper;
            }
        }
    }

    private sealed record Entry(string Element, bool IsMember, FieldSet Below)
    {
        public bool HoldsAny => IsMember || !Below.IsEmpty;
    }
}
