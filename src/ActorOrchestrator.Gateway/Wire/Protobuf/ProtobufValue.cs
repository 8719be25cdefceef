using System.Buffers.Binary;
using System.Text;

namespace ActorOrchestrator.Gateway.Wire.Protobuf;

/// <summary>
/// One field as it stands on the wire (protobuf.dev, "Encoding"): a number, or the bytes of a longer value.
/// </summary>
internal readonly record struct ProtobufValue(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;
    private const int VarintBytesMax = 10;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public string Text
    {
        get
        {
            try
            {
                return StrictUtf8.GetString(Bytes.Span);
            }
            catch (DecoderFallbackException)
            {
                throw new InvalidDataException($"protobuf field {Field} is no UTF-8");
            }
        }
    }

    /// <summary>The fields of a message in the order of the wire.</summary>
    /// <exception cref="InvalidDataException">The bytes are no protobuf.</exception>
    public static List<ProtobufValue> ReadAll(ReadOnlyMemory<byte> message)
    {
        var values = new List<ProtobufValue>();
        var at = 0;
        while (at < message.Length)
        {
            var tag = ReadVarint(message.Span, ref at);
            var field = checked((int)Math.Min(tag >> 3, int.MaxValue));
            values.Add((tag & 7) switch
            {
                Varint => new(field, ReadVarint(message.Span, ref at), default),
                Fixed64 => new(field, BinaryPrimitives.ReadUInt64LittleEndian(Take(message, ref at, 8).Span), default),
                Fixed32 => new(field, BinaryPrimitives.ReadUInt32LittleEndian(Take(message, ref at, 4).Span), default),
                LengthDelimited => new(field, 0, Take(message, ref at, ReadVarint(message.Span, ref at))),
                var type => throw new InvalidDataException($"protobuf field {field} has the unknown wire type {type}"),
            });
        }

        return values;
    }

    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> message, ref int at, ulong length)
    {
        if (length > (ulong)(message.Length - at))
        {
            throw new InvalidDataException("the protobuf message ends within a field");
        }

        var taken = message.Slice(at, (int)length);
        at += (int)length;
        return taken;
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> message, ref int at)
    {
        ulong value = 0;
        for (var count = 0; count < VarintBytesMax && at < message.Length; count++)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7f) << (7 * count);
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("the protobuf message ends within a number");
    }
}
