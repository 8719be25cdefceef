using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorOrchestrator.Api.Patching;

/// <summary>
/// An immutable set of field paths: at each step, whether the path that ends there is a member, and the set of what
/// lies below. On the wire it is <c>fieldsV1</c>: nested objects by step, with <c>.</c> for a member that also has
/// members below it.
/// </summary>
internal sealed class FieldSet
{
    public static readonly FieldSet Empty =
        new(ImmutableSortedDictionary.Create<string, Entry>(StringComparer.Ordinal));

    private readonly ImmutableSortedDictionary<string, Entry> _entries;

    private FieldSet(ImmutableSortedDictionary<string, Entry> entries) => _entries = entries;

    public bool IsEmpty => _entries.IsEmpty;

    /// <summary>Reads <c>fieldsV1</c>; null if it is malformed.</summary>
    public static FieldSet? TryParse(RawJson? fieldsV1)
    {
        if (fieldsV1 is null)
        {
            return Empty;
        }

        try
        {
            return JsonNode.Parse(fieldsV1.Utf8) is JsonObject map ? FromJson(map) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public JsonObject ToJson()
    {
        var map = new JsonObject();
        foreach (var (element, entry) in _entries)
        {
            var below = entry.Below.ToJson();
            if (entry.IsMember && !entry.Below.IsEmpty)
            {
                below.Insert(0, ".", new JsonObject());
            }

            map[element] = below;
        }

        return map;
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

    public bool HasMember(string element) => _entries.TryGetValue(element, out var entry) && entry.IsMember;

    /// <summary>The set of what lies below a step.</summary>
    public FieldSet Below(string element) => _entries.TryGetValue(element, out var entry) ? entry.Below : Empty;

    public FieldSet WithMember(string element) => With(element, isMember: true, Below(element));

    public FieldSet WithBelow(string element, FieldSet below) => With(element, HasMember(element), below);

    public FieldSet Union(FieldSet other)
    {
        var result = this;
        foreach (var (element, entry) in other._entries)
        {
            var below = result.Below(element).Union(entry.Below);
            result = result.With(element, entry.IsMember || result.HasMember(element), below);
        }

        return result;
    }

    /// <summary>The members that are not members of the other; what lies below a removed member stays.</summary>
    public FieldSet Except(FieldSet other)
    {
        if (other.IsEmpty || IsEmpty)
        {
            return this;
        }

        var result = this;
        foreach (var (element, entry) in other._entries)
        {
            if (_entries.TryGetValue(element, out var own))
            {
                result = result.With(element, own.IsMember && !entry.IsMember, own.Below.Except(entry.Below));
            }
        }

        return result;
    }

    public FieldSet Intersect(FieldSet other)
    {
        var result = Empty;
        foreach (var (element, entry) in _entries)
        {
            if (other._entries.TryGetValue(element, out var its))
            {
                result = result.With(element, entry.IsMember && its.IsMember, entry.Below.Intersect(its.Below));
            }
        }

        return result;
    }

    /// <summary>Without whole branches, however deep their members lie.</summary>
    public FieldSet WithoutBranches(IEnumerable<string> elements) => new(_entries.RemoveRange(elements));

    /// <summary>
    /// Every <c>f:</c> step on the way to a member that <paramref name="isNamed"/> accepts becomes a member too, so
    /// that a struct that holds nothing else of a manager's goes with its last field.
    /// </summary>
    public FieldSet WithNamedFields(Func<IReadOnlyList<string>, string, bool> isNamed) => WithNamedFields(isNamed, []);

    public IEnumerable<IReadOnlyList<string>> Paths() => Paths([]);

    public bool SameAs(FieldSet other) =>
        _entries.Count == other._entries.Count
        && _entries.All(entry => other._entries.TryGetValue(entry.Key, out var its)
                                 && its.IsMember == entry.Value.IsMember
                                 && its.Below.SameAs(entry.Value.Below));

    private static FieldSet? FromJson(JsonObject map)
    {
        var set = Empty;
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

            set = set.With(element, below.Count == 0 || below.ContainsKey("."), children);
        }

        return set;
    }

    private FieldSet WithNamedFields(Func<IReadOnlyList<string>, string, bool> isNamed, List<string> path)
    {
        var result = this;
        foreach (var (element, entry) in _entries)
        {
            var isMember = entry.IsMember || (PathElement.FieldName(element) is { } name && isNamed(path, name));
            path.Add(element);
            result = result.With(element, isMember, entry.Below.WithNamedFields(isNamed, path));
            path.RemoveAt(path.Count - 1);
        }

        return result;
    }

    private IEnumerable<IReadOnlyList<string>> Paths(ImmutableList<string> parent)
    {
        foreach (var (element, entry) in _entries)
        {
            var path = parent.Add(element);
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

    private FieldSet With(string element, bool isMember, FieldSet below) =>
        isMember || !below.IsEmpty
            ? new FieldSet(_entries.SetItem(element, new Entry(isMember, below)))
            : _entries.ContainsKey(element) ? new FieldSet(_entries.Remove(element)) : this;

    private readonly record struct Entry(bool IsMember, FieldSet Below);
}
