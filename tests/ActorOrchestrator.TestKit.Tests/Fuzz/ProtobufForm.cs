using System.Text.Json;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Schema;
using ActorOrchestrator.Gateway.Protobuf;
using Google.Protobuf;

namespace ActorOrchestrator.TestKit.Tests.Fuzz;

/// <summary>JSON as <c>application/vnd.kubernetes.protobuf</c>. What does not fit its field's type is written
/// anyhow.</summary>
internal static class ProtobufForm
{
    public static byte[] Of(JsonObject root, TypeSchema type)
    {
        var typeMeta = Message(output =>
        {
            WriteBytes(output, 1, ByteString.CopyFromUtf8(TextOf(root["apiVersion"])));
            WriteBytes(output, 2, ByteString.CopyFromUtf8(TextOf(root["kind"])));
        });
        var envelope = Message(output =>
        {
            WriteBytes(output, 1, typeMeta);
            WriteBytes(output, 2, Fields(root, type, FieldNumbers.Of(type.ClrType)));
        });
        return [.. "k8s\0"u8, .. envelope];
    }

    private static ByteString Fields(
        JsonObject root, TypeSchema type, IReadOnlyDictionary<int, NumberedField>? numbers) => Message(output =>
    {
        foreach (var (number, numbered) in (numbers ?? new Dictionary<int, NumberedField>()).OrderBy(pair => pair.Key))
        {
            if (numbered.Inline is { } inline)
            {
                var area = type.ClrType.Namespace!.Split('.')[^1].ToLowerInvariant();
                var inner = Fields(root, type, FieldNumbers.Of(area, inline));
                if (!inner.IsEmpty)
                {
                    WriteBytes(output, number, inner);
                }
            }
            else if (type.TryField(numbered.Name, out var field) && root[field.WireName] is { } value)
            {
                WriteField(output, number, field.Type, value);
            }
        }
    });

    private static void WriteField(CodedOutputStream output, int number, TypeSchema type, JsonNode? value)
    {
        switch (type.Kind, value)
        {
            case (NodeKind.List, JsonArray list):
                foreach (var item in list)
                {
                    WriteField(output, number, type.Element!, item);
                }

                break;
            case (NodeKind.Map, JsonObject map):
                foreach (var (key, item) in map)
                {
                    WriteBytes(output, number, Message(entry =>
                    {
                        WriteBytes(entry, 1, ByteString.CopyFromUtf8(key));
                        WriteField(entry, 2, type.Element!, item);
                    }));
                }

                break;
            case (NodeKind.Object, JsonObject inner):
                WriteBytes(output, number, Fields(inner, type, FieldNumbers.Of(type.ClrType)));
                break;
            case (NodeKind.Opaque, _):
                WriteBytes(output, number, Nested(1, value?.ToJsonString() ?? ""));
                break;
            default:
                WriteScalar(output, number, type.Scalar, value);
                break;
        }
    }

    private static void WriteScalar(CodedOutputStream output, int number, ScalarKind kind, JsonNode? value)
    {
        switch (kind)
        {
            case ScalarKind.Quantity:
                WriteBytes(output, number, Nested(1, TextOf(value)));
                break;
            case ScalarKind.Time or ScalarKind.MicroTime when DateTimeOffset.TryParse(TextOf(value), out var time):
                WriteBytes(output, number, Message(inner => WriteNumber(inner, 1, time.ToUnixTimeSeconds())));
                break;
            case ScalarKind.IntOrString:
                WriteBytes(output, number, Message(inner =>
                {
                    WriteNumber(inner, 1, value?.GetValueKind() == JsonValueKind.Number ? 0 : 1);
                    WriteNumber(inner, 2, NumberOf(value));
                    WriteBytes(inner, 3, ByteString.CopyFromUtf8(TextOf(value)));
                }));
                break;
            case ScalarKind.Boolean or ScalarKind.Int32 or ScalarKind.Int64:
                WriteNumber(output, number, NumberOf(value));
                break;
            default:
                WriteBytes(output, number, ByteString.CopyFromUtf8(TextOf(value)));
                break;
        }
    }

    private static ByteString Nested(int number, string text) =>
        Message(output => WriteBytes(output, number, ByteString.CopyFromUtf8(text)));

    private static string TextOf(JsonNode? value) => value switch
    {
        null => "",
        JsonValue text when text.TryGetValue<string>(out var plain) => plain,
        _ => value.ToJsonString(),
    };

    private static long NumberOf(JsonNode? value) => value switch
    {
        JsonValue number when number.TryGetValue<long>(out var whole) => whole,
        JsonValue flag when flag.TryGetValue<bool>(out var set) => set ? 1 : 0,
        _ => 0,
    };

    private static void WriteNumber(CodedOutputStream output, int number, long value)
    {
        output.WriteTag(number, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }

    private static void WriteBytes(CodedOutputStream output, int number, ByteString value)
    {
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(value);
    }

    private static ByteString Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using var output = new CodedOutputStream(bytes, leaveOpen: true);
        write(output);
        output.Flush();
        return ByteString.CopyFrom(bytes.ToArray());
    }
}
