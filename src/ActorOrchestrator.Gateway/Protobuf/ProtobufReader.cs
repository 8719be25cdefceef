using ActorOrchestrator.Gateway.Errors;

namespace ActorOrchestrator.Gateway.Protobuf;

/// <summary>One field as it stands on the wire: a number (varint) or bytes.</summary>
internal readonly record struct ProtobufField(int Number, ulong Varint, ReadOnlyMemory<byte> Bytes, bool IsBytes);

/// <summary>Splits a message of the protobuf wire format into its fields. Fixed-width fields are passed over: no type
/// of Kubernetes has one.</summary>
internal static class ProtobufReader
{
    private const int VarintBytesMax = 10;

    /// <summary>Throws 400 when the bytes are no message.</summary>
    public static List<ProtobufField> Read(ReadOnlyMemory<byte> message)
    {
        var fields = new List<ProtobufField>();
        var rest = message;
        while (!rest.IsEmpty)
        {
            var tag = Varint(ref rest);
            var number = tag >> 3;
            if (number is 0 or > int.MaxValue)
            {
                throw Failure.BadRequest("proto: illegal tag");
            }

            switch (tag & 7)
            {
                case 0:
                    fields.Add(new((int)number, Varint(ref rest), default, IsBytes: false));
                    break;
                case 1:
                    Take(ref rest, 8);
                    break;
                case 2:
                    fields.Add(new((int)number, 0, Take(ref rest, Varint(ref rest)), IsBytes: true));
                    break;
                case 5:
                    Take(ref rest, 4);
                    break;
                default:
                    throw Failure.BadRequest("proto: illegal wire type");
            }
        }

        return fields;
    }

    /// <summary>The numbers of a packed repeated field.</summary>
    public static IEnumerable<ulong> Packed(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            yield return Varint(ref bytes);
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> rest, ulong length)
    {
        if (length > (ulong)rest.Length)
        {
            throw Failure.BadRequest("proto: unexpected EOF");
        }

        var taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> rest)
    {
        ulong value = 0;
        var span = rest.Span;
        for (var i = 0; i < span.Length && i < VarintBytesMax; i++)
        {
            value |= (ulong)(span[i] & 0x7F) << (7 * i);
            if (span[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return value;
            }
        }

        throw Failure.BadRequest("proto: unexpected EOF");
    }
}
