using System.Text.Json;

namespace ActorOrchestrator.Api.Serialization.Codecs;

internal sealed class ListCodec<T>(ValueCodec<T> element) : ValueCodec<ValueList<T>>
{
    public override string GoType { get; } = "[]" + element.GoType;

    public override ValueList<T> Zero => [];

    public override ValueList<T> Read(ref Utf8JsonReader reader, DecodeState state, string owner)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw state.Mismatch(DecodeState.Name(ref reader), owner, GoType);
        }

        var items = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            state.EnterIndex(items.Count);
            items.Add(reader.TokenType == JsonTokenType.Null
                ? element.Zero
                : element.Read(ref reader, state, owner));
            state.Leave();
        }

        return ValueList.Own(items.ToArray());
    }

    public override void Write(Utf8JsonWriter writer, ValueList<T> value)
    {
        writer.WriteStartArray();
        foreach (var item in value.AsSpan())
        {
            element.Write(writer, item);
        }

        writer.WriteEndArray();
    }

    public override bool IsEmpty(ValueList<T> value) => value.Count == 0;
}

internal sealed class MapCodec<T>(ValueCodec<T> element) : ValueCodec<ValueMap<T>>
{
    public override string GoType { get; } = "map[string]" + element.GoType;

    public override ValueMap<T> Zero => ValueMap<T>.Empty;

    public override ValueMap<T> Read(ref Utf8JsonReader reader, DecodeState state, string owner)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw state.Mismatch(DecodeState.Name(ref reader), owner, GoType);
        }

        var keys = new List<string>();
        var values = new List<T>();
        HashSet<string>? seen = state.CollectsStrictErrors ? new(StringComparer.Ordinal) : null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = TextPool.Shared.Get(ref reader);
            if (seen?.Add(key) == false)
            {
                state.AddDuplicate(key);
            }

            reader.Read();
            state.EnterField(key);
            keys.Add(key);
            values.Add(reader.TokenType == JsonTokenType.Null
                ? element.Zero
                : element.Read(ref reader, state, owner));
            state.Leave();
        }

        return ValueMap<T>.Own(keys.ToArray(), values.ToArray());
    }

    public override void Write(Utf8JsonWriter writer, ValueMap<T> value)
    {
        writer.WriteStartObject();
        foreach (var (key, item) in value)
        {
            writer.WritePropertyName(key);
            element.Write(writer, item);
        }

        writer.WriteEndObject();
    }

    public override bool IsEmpty(ValueMap<T> value) => value.Count == 0;
}
