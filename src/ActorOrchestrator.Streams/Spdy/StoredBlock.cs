using System.Buffers.Binary;

namespace ActorOrchestrator.Streams.Spdy;

/// <summary>Deflate's block without compression (RFC 1951, 3.2.4), which begins and ends at whole bytes.</summary>
internal static class StoredBlock
{
    public const int HeaderBytes = 5;

    public static byte[] Of(ReadOnlySpan<byte> bytes)
    {
        var block = new byte[HeaderBytes + bytes.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(1), checked((ushort)bytes.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(3), (ushort)~bytes.Length);
        bytes.CopyTo(block.AsSpan(HeaderBytes));
        return block;
    }
}
