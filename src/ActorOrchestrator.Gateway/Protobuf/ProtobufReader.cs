using ActorOrchestrator.Gateway.Errors;
using Google.Protobuf;

namespace ActorOrchestrator.Gateway.Protobuf;

/// <summary>One field as it stands on the wire: a number (varint) or bytes.</summary>
internal readonly record struct ProtobufField(int Number, ulong Varint, ByteString Bytes, bool IsBytes);

/// <summary>
/// Splits a message whose type is known by name only into its fields, which generated code cannot do. Fixed-width
/// fields and groups are passed over: no type of Kubernetes has one.
/// </summary>
internal static class ProtobufReader
{
    /// <summary>Throws 400 when the bytes are no message.</summary>
    public static List<ProtobufField> Read(ByteString message)
    {
        var fields = new List<ProtobufField>();
        try
        {
            using var input = message.CreateCodedInput();
            while (input.ReadTag() is var tag and not 0)
            {
                var number = WireFormat.GetTagFieldNumber(tag);
                switch (WireFormat.GetTagWireType(tag))
                {
                    case WireFormat.WireType.Varint:
                        fields.Add(new(number, input.ReadUInt64(), ByteString.Empty, IsBytes: false));
                        break;
                    case WireFormat.WireType.LengthDelimited:
                        fields.Add(new(number, 0, input.ReadBytes(), IsBytes: true));
                        break;
                    case > WireFormat.WireType.Fixed32:
                        throw Failure.BadRequest("proto: illegal wire type");
                    default:
                        input.SkipLastField();
                        break;
                }
            }
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw NoMessage(broken);
        }

        return fields;
    }

    /// <summary>The numbers of a packed repeated field.</summary>
    public static List<ulong> Packed(ByteString bytes)
    {
        var numbers = new List<ulong>();
        try
        {
            using var input = bytes.CreateCodedInput();
            while (!input.IsAtEnd)
            {
                numbers.Add(input.ReadUInt64());
            }
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw NoMessage(broken);
        }

        return numbers;
    }

    private static Exception NoMessage(InvalidProtocolBufferException broken) =>
        Failure.BadRequest($"proto: {broken.Message}");
}
