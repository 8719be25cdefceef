using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using ActorOrchestrator.Api.Schema;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Wire;
using Google.Protobuf;

namespace ActorOrchestrator.Gateway.Protobuf;

/// <summary>
/// Turns a body of <c>application/vnd.kubernetes.protobuf</c> into the JSON of the same object. kubectl's and helm's
/// typed clients send nothing else since 1.35, and do not fall back. Types come from the model's schema, numbers from
/// <see cref="FieldNumbers"/>.
/// </summary>
internal static class ProtobufToJson
{
    private const int DepthMax = KubeJson.DepthMax;

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <summary>The body is runtime.Unknown: <c>typeMeta</c> (1: apiVersion, 2: kind) and <c>raw</c> (2).</summary>
    public static byte[] Convert(ReadOnlyMemory<byte> body, Type type)
    {
        if (!body.Span.StartsWith(Magic))
        {
            throw Failure.BadRequest("the body is no Kubernetes protobuf: it does not begin with k8s\\0");
        }

        var envelope = ProtobufReader.Read(ByteString.CopyFrom(body.Span[Magic.Length..]));
        var typeMeta = ProtobufReader.Read(Last(envelope, 1));
        using var buffer = new PooledBuffer();
        using (var json = new Utf8JsonWriter(buffer, KubeJson.WriterOptions))
        {
            json.WriteStartObject();
            WriteNonEmpty(json, "apiVersion", Last(typeMeta, 1));
            WriteNonEmpty(json, "kind", Last(typeMeta, 2));
            WriteFields(json, Last(envelope, 2), TypeSchema.Of(type), FieldNumbers.Of(type) ?? Nothing, depth: 0);
            json.WriteEndObject();
        }

        return buffer.Written.ToArray();
    }

    private static FrozenDictionary<int, NumberedField> Nothing => FrozenDictionary<int, NumberedField>.Empty;

    private static void WriteFields(
        Utf8JsonWriter json, ByteString message, TypeSchema schema,
        FrozenDictionary<int, NumberedField> numbers, int depth)
    {
        if (depth > DepthMax)
        {
            throw Failure.BadRequest($"proto: exceeded max depth of {DepthMax}");
        }

        foreach (var group in ProtobufReader.Read(message).GroupBy(field => field.Number))
        {
            if (!numbers.TryGetValue(group.Key, out var numbered))
            {
                continue;
            }

            if (numbered.Inline is { } inline)
            {
                var area = schema.ClrType.Namespace!.Split('.')[^1].ToLowerInvariant();
                WriteFields(json, group.Last().Bytes, schema, FieldNumbers.Of(area, inline) ?? Nothing, depth + 1);
            }
            else if (schema.TryField(numbered.Name, out var field))
            {
                WriteField(json, field, [.. group], depth);
            }
        }
    }

    private static void WriteField(Utf8JsonWriter json, FieldSchema field, List<ProtobufField> values, int depth)
    {
        switch (field.Type.Kind)
        {
            case NodeKind.List:
                json.WriteStartArray(field.WireName);
                foreach (var value in values.SelectMany(value => Unpacked(value, field.Type.Element!)))
                {
                    WriteValue(json, field.Type.Element!, value, depth);
                }

                json.WriteEndArray();
                break;
            case NodeKind.Map:
                json.WriteStartObject(field.WireName);
                foreach (var entry in values)
                {
                    WriteEntry(json, field.Type.Element!, ProtobufReader.Read(entry.Bytes), depth);
                }

                json.WriteEndObject();
                break;
            default:
                if (!IsUnset(field, values[^1]))
                {
                    json.WritePropertyName(field.WireName);
                    WriteValue(json, field.Type, values[^1], depth);
                }

                break;
        }
    }

    /// <summary>Go's encoder writes empty texts and zero times of fields that are no pointers; JSON leaves them
    /// out.</summary>
    private static bool IsUnset(FieldSchema field, ProtobufField value) =>
        value.IsBytes && value.Bytes.IsEmpty && field.Type.Kind == NodeKind.Scalar && !field.KeepsEmptyText;

    private static void WriteEntry(Utf8JsonWriter json, TypeSchema element, List<ProtobufField> entry, int depth)
    {
        json.WritePropertyName(Text(Last(entry, 1)));
        var value = entry.LastOrDefault(
            field => field.Number == 2, new ProtobufField(2, 0, ByteString.Empty, IsBytes: true));
        if (element.Kind != NodeKind.List)
        {
            WriteValue(json, element, value, depth);
            return;
        }

        // A list as a map's value is a message of its own, with the items as its field 1.
        json.WriteStartArray();
        foreach (var item in ProtobufReader.Read(value.Bytes).Where(field => field.Number == 1))
        {
            WriteValue(json, element.Element!, item, depth);
        }

        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, TypeSchema type, ProtobufField value, int depth)
    {
        switch (type.Kind)
        {
            case NodeKind.Object:
                json.WriteStartObject();
                WriteFields(json, value.Bytes, type, FieldNumbers.Of(type.ClrType) ?? Nothing, depth + 1);
                json.WriteEndObject();
                break;
            case NodeKind.Opaque:
                WriteOpaque(json, Last(ProtobufReader.Read(value.Bytes), 1));
                break;
            case NodeKind.Scalar:
                WriteScalar(json, type.Scalar, value);
                break;
            default:
                throw new InvalidOperationException($"a {type.Kind} inside a {type.Kind} has no protobuf form");
        }
    }

    private static void WriteScalar(Utf8JsonWriter json, ScalarKind scalar, ProtobufField value)
    {
        switch (scalar)
        {
            case ScalarKind.Text:
                json.WriteStringValue(Text(value.Bytes));
                break;
            case ScalarKind.Bytes:
                json.WriteBase64StringValue(value.Bytes.Span);
                break;
            case ScalarKind.Boolean:
                json.WriteBooleanValue(value.Varint != 0);
                break;
            case ScalarKind.Int32:
                json.WriteNumberValue((int)(long)value.Varint);
                break;
            case ScalarKind.Int64:
                json.WriteNumberValue((long)value.Varint);
                break;
            case ScalarKind.Time or ScalarKind.MicroTime:
                WriteTime(json, ProtobufReader.Read(value.Bytes), scalar);
                break;
            case ScalarKind.Quantity:
                json.WriteStringValue(Text(Last(ProtobufReader.Read(value.Bytes), 1)));
                break;
            case ScalarKind.IntOrString:
                WriteIntOrString(json, ProtobufReader.Read(value.Bytes));
                break;
            default:
                throw new InvalidOperationException($"a {scalar} has no protobuf form");
        }
    }

    private static void WriteTime(Utf8JsonWriter json, List<ProtobufField> message, ScalarKind scalar)
    {
        var seconds = (long)Number(message, 1);
        if (message.Count == 0 || seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds()
            || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            json.WriteNullValue();
            return;
        }

        var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        var format = scalar == ScalarKind.Time ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:ss.ffffffZ";
        var nanoseconds = Math.Clamp((long)Number(message, 2), 0, 999_999_999);
        json.WriteStringValue(time.AddTicks(nanoseconds / 100).ToString(format, CultureInfo.InvariantCulture));
    }

    /// <summary>1: 0 for a number (2), 1 for a text (3).</summary>
    private static void WriteIntOrString(Utf8JsonWriter json, List<ProtobufField> message)
    {
        if (Number(message, 1) == 0)
        {
            json.WriteNumberValue((int)(long)Number(message, 2));
        }
        else
        {
            json.WriteStringValue(Text(Last(message, 3)));
        }
    }

    private static void WriteOpaque(Utf8JsonWriter json, ByteString raw)
    {
        if (raw.IsEmpty)
        {
            json.WriteNullValue();
            return;
        }

        try
        {
            json.WriteRawValue(raw.Span);
        }
        catch (JsonException broken)
        {
            throw Failure.BadRequest($"proto: an embedded value is no JSON: {broken.Message}");
        }
    }

    private static IEnumerable<ProtobufField> Unpacked(ProtobufField value, TypeSchema element) =>
        value.IsBytes && element.Scalar is ScalarKind.Int32 or ScalarKind.Int64 or ScalarKind.Boolean
            ? ProtobufReader.Packed(value.Bytes).Select(number => value with { Varint = number, IsBytes = false })
            : [value];

    private static void WriteNonEmpty(Utf8JsonWriter json, string name, ByteString utf8)
    {
        if (!utf8.IsEmpty)
        {
            json.WriteString(name, Text(utf8));
        }
    }

    private static string Text(ByteString utf8) => utf8.ToStringUtf8();

    private static ByteString Last(List<ProtobufField> message, int number) =>
        message.LastOrDefault(field => field.Number == number).Bytes ?? ByteString.Empty;

    private static ulong Number(List<ProtobufField> message, int number) =>
        message.LastOrDefault(field => field.Number == number).Varint;
}
