using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace ActorOrchestrator.Api;

/// <summary>
/// An immutable map with string keys, ordered by key (ordinal), that compares by its entries. Maps of objects are
/// small (labels, resources, data), so a sorted array with binary search beats a hash table in memory and in speed.
/// </summary>
public sealed class ValueMap<TValue> : IReadOnlyDictionary<string, TValue>, IEquatable<ValueMap<TValue>>
{
    public static readonly ValueMap<TValue> Empty = new([], []);

    private readonly string[] _keys;
    private readonly TValue[] _values;

    private ValueMap(string[] keys, TValue[] values)
    {
        _keys = keys;
        _values = values;
    }

    public int Count => _keys.Length;

    public IEnumerable<string> Keys => _keys;

    public IEnumerable<TValue> Values => _values;

    public TValue this[string key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"no key \"{key}\"");

    /// <summary>Builds a map; of a key given twice the last value counts.</summary>
    public static ValueMap<TValue> From(IEnumerable<KeyValuePair<string, TValue>> entries)
    {
        var sorted = new SortedDictionary<string, TValue>(StringComparer.Ordinal);
        foreach (var (key, value) in entries)
        {
            sorted[key] = value;
        }

        return sorted.Count == 0 ? Empty : new ValueMap<TValue>([.. sorted.Keys], [.. sorted.Values]);
    }

    /// <summary>Takes over both arrays; of a key given twice the last value counts.</summary>
    internal static ValueMap<TValue> Own(string[] keys, TValue[] values)
    {
        if (keys.Length == 0)
        {
            return Empty;
        }

        var ordered = true;
        for (var i = 1; i < keys.Length && ordered; i++)
        {
            ordered = string.CompareOrdinal(keys[i - 1], keys[i]) < 0;
        }

        return ordered
            ? new ValueMap<TValue>(keys, values)
            : From(keys.Zip(values, KeyValuePair.Create));
    }

    public bool ContainsKey(string key) => IndexOf(key) >= 0;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TValue value)
    {
        var index = IndexOf(key);
        value = index >= 0 ? _values[index] : default;
        return index >= 0;
    }

    public TValue? GetValueOrDefault(string key) => TryGetValue(key, out var value) ? value : default;

    public ValueMap<TValue> With(string key, TValue value) => From(this.Append(KeyValuePair.Create(key, value)));

    public ValueMap<TValue> Without(string key) =>
        ContainsKey(key) ? From(this.Where(entry => entry.Key != key)) : this;

    public IEnumerator<KeyValuePair<string, TValue>> GetEnumerator()
    {
        for (var i = 0; i < _keys.Length; i++)
        {
            yield return KeyValuePair.Create(_keys[i], _values[i]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(ValueMap<TValue>? other) =>
        other is not null
        && (ReferenceEquals(this, other)
            || (_keys.AsSpan().SequenceEqual(other._keys) && _values.AsSpan().SequenceEqual(other._values)));

    public static bool operator ==(ValueMap<TValue>? one, ValueMap<TValue>? other) => Equals(one, other);

    public static bool operator !=(ValueMap<TValue>? one, ValueMap<TValue>? other) => !Equals(one, other);

    public override bool Equals(object? obj) => Equals(obj as ValueMap<TValue>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var key in _keys)
        {
            hash.Add(key);
        }

        return hash.ToHashCode();
    }

    private int IndexOf(string key) => Array.BinarySearch(_keys, key, StringComparer.Ordinal);
}
