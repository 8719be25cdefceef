using System.Buffers;
using System.Text;

namespace ActorOrchestrator.Gateway.Protobuf;

/// <summary>Writes one message of the protobuf wire format (proto3: what is absent or empty is left out).</summary>
internal sealed class ProtobufMessage
{
    private const int LengthDelimited = 2;
    private const int Varint = 0;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ProtobufMessage Text(int field, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Bytes(field, Encoding.UTF8.GetBytes(value));
        }

        return this;
    }

    public ProtobufMessage Flag(int field, bool value)
    {
        if (value)
        {
            WriteVarint((uint)((field << 3) | Varint));
            WriteVarint(1);
        }

        return this;
    }

    /// <summary>A nested message; null is left out, an empty one is there.</summary>
    public ProtobufMessage Nested(int field, ProtobufMessage? value)
    {
        if (value is not null)
        {
            Bytes(field, value._bytes.WrittenSpan);
        }

        return this;
    }

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    private void Bytes(int field, ReadOnlySpan<byte> content)
    {
        WriteVarint((uint)((field << 3) | LengthDelimited));
        WriteVarint((uint)content.Length);
        _bytes.Write(content);
    }

    private void WriteVarint(uint value)
    {
        while (value >= 0x80)
        {
            WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        WriteByte((byte)value);
    }

    private void WriteByte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }
}
