using System.Text;
using System.Text.Json;
using ActorOrchestrator.Api.Schema;

namespace ActorOrchestrator.Api.Serialization.Codecs;

/// <summary>Reads and writes a record whose static type the caller does not know.</summary>
internal interface IObjectCodec
{
    object ReadObject(ref Utf8JsonReader reader, DecodeState state);

    void WriteObject(Utf8JsonWriter writer, object value);
}

/// <summary>Reads and writes a record, field by field, by delegates made once for each property.</summary>
internal sealed class ObjectCodec<T> : ValueCodec<T?>, IObjectCodec where T : class, new()
{
    /// <summary>Shared by all that decode to it, which is safe because records do not change.</summary>
    private static readonly T Blank = new();

    private readonly FieldCodec<T>[] _fields;
    private readonly FieldNames _names;

    public ObjectCodec()
    {
        var schema = TypeSchema.Of<T>();
        _fields = [.. schema.Fields.Select(FieldCodec<T>.For)];
        if (_fields.Length > 64)
        {
            throw new InvalidOperationException($"{typeof(T)} has more fields than the duplicate check has bits");
        }

        _names = new FieldNames([.. _fields.Select(field => field.Utf8Name)]);
    }

    public override string GoType { get; } = "v1." + typeof(T).Name;

    public override T Zero => Blank;

    public override T Read(ref Utf8JsonReader reader, DecodeState state, string owner)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw state.Mismatch(DecodeState.Name(ref reader), owner, GoType);
        }

        T? result = null;
        var seen = 0UL;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var index = _names.IndexOf(ref reader);
            if (index < 0)
            {
                state.AddUnknown(reader.GetString()!);
                reader.Skip();
                continue;
            }

            var field = _fields[index];
            if ((seen & (1UL << index)) != 0)
            {
                state.AddDuplicate(field.Name);
            }

            seen |= 1UL << index;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
            {
                continue;
            }

            state.EnterField(field.Name);
            field.Read(ref reader, result ??= new T(), state);
            state.Leave();
        }

        return result ?? Blank;
    }

    public override void Write(Utf8JsonWriter writer, T? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        foreach (var field in _fields)
        {
            field.Write(writer, value);
        }

        writer.WriteEndObject();
    }

    public override bool IsEmpty(T? value) => value is null;

    public object ReadObject(ref Utf8JsonReader reader, DecodeState state) => Read(ref reader, state, typeof(T).Name);

    public void WriteObject(Utf8JsonWriter writer, object value) => Write(writer, (T)value);
}

/// <summary>One field of a record.</summary>
internal abstract class FieldCodec<TOwner>(FieldSchema schema)
{
    public string Name { get; } = schema.WireName;

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(schema.WireName);

    protected JsonEncodedText EncodedName { get; } = JsonEncodedText.Encode(schema.WireName);

    public abstract void Read(ref Utf8JsonReader reader, TOwner target, DecodeState state);

    public abstract void Write(Utf8JsonWriter writer, TOwner source);

    public static FieldCodec<TOwner> For(FieldSchema schema) =>
        (FieldCodec<TOwner>)Activator.CreateInstance(
            typeof(FieldCodec<,>).MakeGenericType(typeof(TOwner), schema.Property.PropertyType), schema)!;
}

internal sealed class FieldCodec<TOwner, TValue> : FieldCodec<TOwner> where TOwner : class, new()
{
    private readonly FieldSchema _schema;
    private readonly Func<TOwner, TValue> _get;
    private readonly Action<TOwner, TValue> _set;
    private readonly TValue _blank;
    private readonly bool _always;
    private readonly bool _emptyIsBlank;

    private ValueCodec<TValue>? _codec;

    public FieldCodec(FieldSchema schema) : base(schema)
    {
        _schema = schema;
        _get = schema.Property.GetMethod!.CreateDelegate<Func<TOwner, TValue>>();
        // An init-only setter is an ordinary method to the runtime; nobody else holds the record while it is read.
        _set = schema.Property.SetMethod!.CreateDelegate<Action<TOwner, TValue>>();
        _blank = _get(new TOwner());
        _always = schema.IsAlwaysWritten;
        _emptyIsBlank = typeof(TValue) == typeof(string) && !schema.KeepsEmptyText;
    }

    /// <summary>Made when a value is first seen: most pods touch few of the kinds of volume there are.</summary>
    private ValueCodec<TValue> Codec => _codec ??= (ValueCodec<TValue>)CodecFactory.For(typeof(TValue), _schema);

    public override void Read(ref Utf8JsonReader reader, TOwner target, DecodeState state)
    {
        var codec = Codec;
        var value = codec.Read(ref reader, state, typeof(TOwner).Name);
        // Go does not tell an empty string from an absent one; here the blank record says which of the two it is.
        _set(target, _emptyIsBlank && codec.IsEmpty(value) ? _blank : value);
    }

    public override void Write(Utf8JsonWriter writer, TOwner source)
    {
        var value = _get(source);
        if (!_always && (value is null || Codec.IsEmpty(value)))
        {
            return;
        }

        writer.WritePropertyName(EncodedName);
        Codec.Write(writer, value);
    }
}
