using System.Buffers;
using System.Globalization;
using System.Text.Json;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Gateway.Wire.Protobuf;

/// <summary>
/// Turns a body of the type <c>application/vnd.kubernetes.protobuf</c> into the JSON of the same object, so that all
/// that comes after knows one form only. Clients with generated types send it (kubectl create, drain, auth can-i).
/// It begins with "k8s\0", followed by a runtime.Unknown: 1 typeMeta (1 apiVersion, 2 kind), 2 raw.
/// </summary>
internal static class ProtobufToJson
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <exception cref="InvalidDataException">The body is not of that form, or of no kind that is known.</exception>
    public static ReadOnlyMemory<byte> Convert(ReadOnlyMemory<byte> body)
    {
        if (!body.Span.StartsWith(Magic))
        {
            throw new InvalidDataException(
                "provided data does not appear to be a protobuf message: no prefix \"k8s\\0\"");
        }

        var envelope = ProtobufValue.ReadAll(body[Magic.Length..]);
        var type = ProtobufValue.ReadAll(Last(envelope, 1).Bytes);
        var (apiVersion, kind) = (Last(type, 1).Text, Last(type, 2).Text);
        var message = ProtobufFields.MessageOf(apiVersion, kind)
            ?? throw new InvalidDataException($"no kind \"{kind}\" of version \"{apiVersion}\" is known in protobuf");
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, KubeJson.WriterOptions);
        json.WriteStartObject();
        json.WriteString("apiVersion", apiVersion);
        json.WriteString("kind", kind);
        WriteFields(json, message, Last(envelope, 2).Bytes, depth: 1);
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    private static void WriteFields(Utf8JsonWriter json, string message, ReadOnlyMemory<byte> bytes, int depth)
    {
        if (depth > KubeJson.DepthMax)
        {
            throw new InvalidDataException($"the protobuf message is nested more than {KubeJson.DepthMax} deep");
        }

        var values = ProtobufValue.ReadAll(bytes);
        foreach (var field in ProtobufFields.Of(message))
        {
            var own = values.FindAll(value => value.Field == field.Number);
            if (own.Count > 0)
            {
                WriteField(json, field, own, depth);
            }
        }
    }

    private static void WriteField(Utf8JsonWriter json, ProtobufField field, List<ProtobufValue> values, int depth)
    {
        switch (field.Count)
        {
            case FieldCount.Inline:
                WriteFields(json, field.Message, values[^1].Bytes, depth + 1);
                break;
            case FieldCount.One when !IsAbsent(field, values[^1]):
                json.WritePropertyName(field.JsonName);
                WriteValue(json, field, values[^1], depth);
                break;
            case FieldCount.List:
                json.WriteStartArray(field.JsonName);
                values.ForEach(value => WriteValue(json, field, value, depth));
                json.WriteEndArray();
                break;
            case FieldCount.Map:
                json.WriteStartObject(field.JsonName);
                values.ForEach(value => WriteEntry(json, field, value, depth));
                json.WriteEndObject();
                break;
        }
    }

    /// <summary>A map is a list of messages: 1 key, 2 value; either is left out when it is empty.</summary>
    private static void WriteEntry(Utf8JsonWriter json, ProtobufField field, ProtobufValue entry, int depth)
    {
        var parts = ProtobufValue.ReadAll(entry.Bytes);
        json.WritePropertyName(Last(parts, 1).Text);
        WriteValue(json, field, Last(parts, 2), depth);
    }

    private static bool IsAbsent(ProtobufField field, ProtobufValue value) => field.Form switch
    {
        FieldForm.Text or FieldForm.Bytes => field.ZeroIsAbsent && value.Bytes.IsEmpty,
        FieldForm.Integer or FieldForm.Boolean or FieldForm.Double => field.ZeroIsAbsent && value.Number == 0,
        FieldForm.Time or FieldForm.MicroTime => value.Bytes.IsEmpty,
        FieldForm.Quantity or FieldForm.EmbeddedJson or FieldForm.FieldSet =>
            Last(ProtobufValue.ReadAll(value.Bytes), 1).Bytes.IsEmpty,
        FieldForm.IntOrString => ProtobufValue.ReadAll(value.Bytes) is var parts
            && Last(parts, 1).Number == 0 && Last(parts, 2).Number == 0,
        _ => false,
    };

    private static void WriteValue(Utf8JsonWriter json, ProtobufField field, ProtobufValue value, int depth)
    {
        switch (field.Form)
        {
            case FieldForm.Text:
                json.WriteStringValue(value.Text);
                break;
            case FieldForm.Integer:
                json.WriteNumberValue(unchecked((long)value.Number));
                break;
            case FieldForm.Boolean:
                json.WriteBooleanValue(value.Number != 0);
                break;
            case FieldForm.Double:
                json.WriteNumberValue(BitConverter.UInt64BitsToDouble(value.Number));
                break;
            case FieldForm.Bytes:
                json.WriteBase64StringValue(value.Bytes.Span);
                break;
            case FieldForm.Message:
                json.WriteStartObject();
                WriteFields(json, field.Message, value.Bytes, depth + 1);
                json.WriteEndObject();
                break;
            default:
                WriteSpecial(json, field.Form, ProtobufValue.ReadAll(value.Bytes));
                break;
        }
    }

    /// <summary>Messages that JSON shows as one value.</summary>
    private static void WriteSpecial(Utf8JsonWriter json, FieldForm form, List<ProtobufValue> parts)
    {
        switch (form)
        {
            case FieldForm.Time:
                json.WriteStringValue(TimeOf(parts).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
                break;
            case FieldForm.MicroTime:
                json.WriteStringValue(
                    TimeOf(parts).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
                break;
            case FieldForm.Quantity:
                json.WriteStringValue(Last(parts, 1).Text);
                break;
            case FieldForm.IntOrString when Last(parts, 1).Number == 0:
                json.WriteNumberValue(unchecked((int)Last(parts, 2).Number));
                break;
            case FieldForm.IntOrString:
                json.WriteStringValue(Last(parts, 3).Text);
                break;
            case FieldForm.EmbeddedJson or FieldForm.FieldSet:
                WriteEmbedded(json, Last(parts, 1).Bytes);
                break;
            case FieldForm.Duration:
                var seconds = unchecked((long)Last(parts, 1).Number) / 1e9m;
                json.WriteStringValue(seconds.ToString("0.#########", CultureInfo.InvariantCulture) + "s");
                break;
            case FieldForm.TextList:
                json.WriteStartArray();
                parts.ForEach(part => json.WriteStringValue(part.Text));
                json.WriteEndArray();
                break;
            default:
                throw new InvalidOperationException($"unknown form {form}");
        }
    }

    /// <summary>1 seconds since 1970, 2 nanoseconds.</summary>
    private static DateTimeOffset TimeOf(List<ProtobufValue> parts)
    {
        var seconds = unchecked((long)Last(parts, 1).Number);
        var nanoseconds = unchecked((int)Last(parts, 2).Number);
        try
        {
            return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / 100);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new InvalidDataException($"no date is {seconds} seconds from 1970");
        }
    }

    private static void WriteEmbedded(Utf8JsonWriter json, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            json.WriteRawValue(bytes.Span);
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"the JSON within the protobuf message is broken: {broken.Message}");
        }
    }

    /// <summary>
    /// The last one counts, as the format demands of fields that may stand once; an absent one is all zero.
    /// </summary>
    private static ProtobufValue Last(List<ProtobufValue> values, int field) =>
        values.FindLast(value => value.Field == field) is { Field: > 0 } found ? found : new(field, 0, default);
}
