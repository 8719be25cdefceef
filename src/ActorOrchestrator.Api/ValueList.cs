using System.Collections;
using System.Runtime.CompilerServices;

namespace ActorOrchestrator.Api;

/// <summary>
/// An immutable list that compares by its elements, so that two records holding equal lists are equal and
/// "nothing changed" is one comparison. Empty and absent are the same thing on the wire (Go's <c>omitempty</c>).
/// </summary>
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
public sealed class ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    public static readonly ValueList<T> Empty = new([]);

    private readonly T[] _items;

    internal ValueList(T[] items) => _items = items;

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public ReadOnlySpan<T> AsSpan() => _items;

    public ValueList<T> Add(T item) => new([.. _items, item]);

    /// <summary>Each element as the function gives it; this list itself when that changes nothing.</summary>
    public ValueList<T> Transform(Func<T, T> function)
    {
        var changed = false;
        var items = new T[_items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = function(_items[i]);
            changed |= !ReferenceEquals(items[i], _items[i]) && !Equals(items[i], _items[i]);
        }

        return changed ? new ValueList<T>(items) : this;
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    public bool Equals(ValueList<T>? other) =>
        other is not null && (ReferenceEquals(_items, other._items) || _items.AsSpan().SequenceEqual(other._items));

    public static bool operator ==(ValueList<T>? one, ValueList<T>? other) => Equals(one, other);

    public static bool operator !=(ValueList<T>? one, ValueList<T>? other) => !Equals(one, other);

    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in _items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }
}

public static class ValueList
{
    /// <summary>Takes over the array, which nobody else may write to any more.</summary>
    internal static ValueList<T> Own<T>(T[] items) => items.Length == 0 ? ValueList<T>.Empty : new ValueList<T>(items);

    public static ValueList<T> Create<T>(ReadOnlySpan<T> items) =>
        items.IsEmpty ? ValueList<T>.Empty : new ValueList<T>(items.ToArray());

    public static ValueList<T> ToValueList<T>(this IEnumerable<T> items)
    {
        var array = items.ToArray();
        return array.Length == 0 ? ValueList<T>.Empty : new ValueList<T>(array);
    }
}
