using System.Text.Json;

namespace ActorOrchestrator.Api.Serialization.Codecs;

/// <summary>Finds a record's field by its name in UTF-8: an open hash table, half empty, made once.</summary>
internal sealed class FieldNames
{
    private readonly byte[][] _names;
    private readonly sbyte[] _slots;
    private readonly int _mask;

    public FieldNames(byte[][] names)
    {
        _names = names;
        var size = 4;
        while (size < names.Length * 2)
        {
            size *= 2;
        }

        _mask = size - 1;
        _slots = new sbyte[size];
        Array.Fill(_slots, (sbyte)-1);
        for (sbyte i = 0; i < names.Length; i++)
        {
            var slot = Hash(names[i]) & _mask;
            while (_slots[slot] >= 0)
            {
                slot = (slot + 1) & _mask;
            }

            _slots[slot] = i;
        }
    }

    /// <summary>The index of the field whose name the reader stands on, or -1.</summary>
    public int IndexOf(ref Utf8JsonReader reader)
    {
        // A name that is written with escapes or lies across buffers is rare, and compared the slow way.
        if (reader.HasValueSequence || reader.ValueIsEscaped)
        {
            return IndexOfUnusual(ref reader);
        }

        var name = reader.ValueSpan;
        if (name.IsEmpty)
        {
            return -1;
        }

        for (var slot = Hash(name) & _mask; _slots[slot] >= 0; slot = (slot + 1) & _mask)
        {
            if (name.SequenceEqual(_names[_slots[slot]]))
            {
                return _slots[slot];
            }
        }

        return -1;
    }

    private int IndexOfUnusual(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < _names.Length; i++)
        {
            if (reader.ValueTextEquals(_names[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static int Hash(ReadOnlySpan<byte> name)
    {
        var hash = name.Length;
        hash = hash * 31 + name[0];
        hash = hash * 31 + name[name.Length / 2];
        return (hash * 31 + name[^1]) & int.MaxValue;
    }
}
