using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ActorOrchestrator.Api.Serialization.Codecs;

internal sealed class TextCodec : ValueCodec<string?>
{
    public override string GoType => "string";

    public override string? Zero => "";

    public override string? Read(ref Utf8JsonReader reader, DecodeState state, string owner) =>
        reader.TokenType == JsonTokenType.String
            ? TextPool.Shared.Get(ref reader)
            : throw state.Mismatch(DecodeState.Name(ref reader), owner, GoType);

    public override void Write(Utf8JsonWriter writer, string? value) => writer.WriteStringValue(value);

    public override bool IsEmpty(string? value) => string.IsNullOrEmpty(value);
}

/// <summary>A Go <c>*string</c>: the empty text is written.</summary>
internal sealed class TextPointerCodec : ValueCodec<string?>
{
    private readonly TextCodec _text = new();

    public override string GoType => "string";

    public override string? Read(ref Utf8JsonReader reader, DecodeState state, string owner) =>
        _text.Read(ref reader, state, owner);

    public override void Write(Utf8JsonWriter writer, string? value) => writer.WriteStringValue(value);

    public override bool IsEmpty(string? value) => value is null;
}

/// <summary>Bytes that stay base64 text in memory; read leniently (line breaks), held in canonical form.</summary>
internal sealed class Base64Codec : ValueCodec<string?>
{
    public override string GoType => "[]uint8";

    public override string? Zero => "";

    public override string? Read(ref Utf8JsonReader reader, DecodeState state, string owner)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw state.Mismatch(DecodeState.Name(ref reader), owner, GoType);
        }

        var text = reader.GetString()!.Replace("\n", "", StringComparison.Ordinal)
            .Replace("\r", "", StringComparison.Ordinal);
        if (text.AsSpan().ContainsAny(' ', '\t') || !Base64.IsValid(text))
        {
            throw new KubeJsonException($"illegal base64 data at input byte {FirstIllegal(text)}");
        }

        return text;
    }

    public override void Write(Utf8JsonWriter writer, string? value) => writer.WriteStringValue(value);

    public override bool IsEmpty(string? value) => string.IsNullOrEmpty(value);

    private static int FirstIllegal(string text)
    {
        var index = text.AsSpan().IndexOfAnyExcept(Alphabet);
        return index >= 0 ? index : text.Length - text.Length % 4;
    }

    private static readonly System.Buffers.SearchValues<char> Alphabet = System.Buffers.SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

internal sealed class BooleanCodec : ValueCodec<bool>
{
    public override string GoType => "bool";

    public override bool Read(ref Utf8JsonReader reader, DecodeState state, string owner) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw state.Mismatch(DecodeState.Name(ref reader), owner, GoType),
    };

    public override void Write(Utf8JsonWriter writer, bool value) => writer.WriteBooleanValue(value);

    public override bool IsEmpty(bool value) => !value;
}

internal sealed class Int32Codec : ValueCodec<int>
{
    public override string GoType => "int32";

    public override int Read(ref Utf8JsonReader reader, DecodeState state, string owner)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            throw state.Mismatch(DecodeState.Name(ref reader), owner, GoType);
        }

        return reader.TryGetInt32(out var value)
            ? value
            : throw state.Mismatch("number " + Encoding.UTF8.GetString(reader.ValueSpan), owner, GoType);
    }

    public override void Write(Utf8JsonWriter writer, int value) => writer.WriteNumberValue(value);

    public override bool IsEmpty(int value) => value == 0;
}

internal sealed class Int64Codec : ValueCodec<long>
{
    public override string GoType => "int64";

    public override long Read(ref Utf8JsonReader reader, DecodeState state, string owner)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            throw state.Mismatch(DecodeState.Name(ref reader), owner, GoType);
        }

        return reader.TryGetInt64(out var value)
            ? value
            : throw state.Mismatch("number " + Encoding.UTF8.GetString(reader.ValueSpan), owner, GoType);
    }

    public override void Write(Utf8JsonWriter writer, long value) => writer.WriteNumberValue(value);

    public override bool IsEmpty(long value) => value == 0;
}

/// <summary>RFC 3339 in UTC, whole seconds: fractions are cut both ways, so that memory and log agree.</summary>
internal sealed class TimeCodec : ValueCodec<DateTimeOffset>
{
    public override string GoType => "v1.Time";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, DecodeState state, string owner)
    {
        var time = RfcTime.Read(ref reader, state, owner, GoType, "2006-01-02T15:04:05Z07:00");
        return new DateTimeOffset(time.Ticks - time.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value)
    {
        Span<byte> text = stackalloc byte[20];
        value.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }

    public override bool IsEmpty(DateTimeOffset value) => value == default;
}

internal sealed class MicroTimeCodec : ValueCodec<MicroTime>
{
    private const long TicksPerMicrosecond = 10;

    public override string GoType => "v1.MicroTime";

    public override MicroTime Read(ref Utf8JsonReader reader, DecodeState state, string owner)
    {
        var time = RfcTime.Read(ref reader, state, owner, GoType, "2006-01-02T15:04:05.000000Z07:00");
        return new(new DateTimeOffset(time.Ticks - time.Ticks % TicksPerMicrosecond, TimeSpan.Zero));
    }

    public override void Write(Utf8JsonWriter writer, MicroTime value) => writer.WriteStringValue(value.ToString());

    public override bool IsEmpty(MicroTime value) => value == default;
}

internal sealed class QuantityCodec : ValueCodec<Quantity>
{
    public override string GoType => "resource.Quantity";

    public override Quantity Read(ref Utf8JsonReader reader, DecodeState state, string owner)
    {
        var text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!.Trim(),
            // Kubernetes reads a bare number by its text.
            JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
            _ => "{",
        };
        return Quantity.TryParse(text, out var value, out var error) ? value : throw new KubeJsonException(error);
    }

    public override void Write(Utf8JsonWriter writer, Quantity value) => writer.WriteStringValue(value.ToString());

    public override bool IsEmpty(Quantity value) => false;
}

internal sealed class IntOrStringCodec : ValueCodec<IntOrString>
{
    public override string GoType => "intstr.IntOrString";

    public override IntOrString Read(ref Utf8JsonReader reader, DecodeState state, string owner)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new(reader.GetString()!);
        }

        if (reader.TokenType != JsonTokenType.Number)
        {
            throw state.Mismatch(DecodeState.Name(ref reader), owner, "int32");
        }

        return reader.TryGetInt32(out var number)
            ? new(number)
            : throw state.Mismatch("number " + Encoding.UTF8.GetString(reader.ValueSpan), owner, "int32");
    }

    public override void Write(Utf8JsonWriter writer, IntOrString value)
    {
        if (value.Text is { } text)
        {
            writer.WriteStringValue(text);
        }
        else
        {
            writer.WriteNumberValue(value.Number);
        }
    }

    public override bool IsEmpty(IntOrString value) => false;
}

internal sealed class RawJsonCodec : ValueCodec<RawJson?>
{
    public override string GoType => "json.RawMessage";

    public override RawJson Read(ref Utf8JsonReader reader, DecodeState state, string owner) =>
        RawJson.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, RawJson? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteRawValue(value.Utf8, skipInputValidation: true);
        }
    }

    public override bool IsEmpty(RawJson? value) => value is null;
}
