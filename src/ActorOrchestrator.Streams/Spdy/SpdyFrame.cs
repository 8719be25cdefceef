using System.Buffers.Binary;

namespace ActorOrchestrator.Streams.Spdy;

internal enum SpdyFrameType : ushort
{
    SynStream = 1, SynReply = 2, RstStream = 3, Settings = 4, Ping = 6, GoAway = 7, Headers = 8, WindowUpdate = 9,
}

/// <summary>Why a stream is reset (section 2.6.3).</summary>
public enum SpdyReset
{
    ProtocolError = 1, InvalidStream = 2, RefusedStream = 3, Cancel = 5, InternalError = 6,
}

/// <summary>
/// The first eight bytes of a frame, and the writing of whole ones:
/// <code>
/// control  |1| version, 15 bits | type, 16 bits | flags, 8 | length, 24 |
/// data     |0| stream, 31 bits                  | flags, 8 | length, 24 |
/// </code>
/// </summary>
internal readonly record struct SpdyFrame(bool IsControl, SpdyFrameType Type, int StreamId, byte Flags, int Length)
{
    public const int HeaderBytes = 8;
    public const byte Fin = 1;
    public const byte Unidirectional = 2;

    private const int Version = 3;
    private const int LengthMask = 0xFFFFFF;

    public bool IsLast => (Flags & Fin) != 0;

    /// <exception cref="SpdyException">A control frame of another version.</exception>
    public static SpdyFrame Parse(ReadOnlySpan<byte> header)
    {
        var first = BinaryPrimitives.ReadUInt32BigEndian(header);
        var second = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        var (flags, length) = ((byte)(second >> 24), (int)(second & LengthMask));
        if (first >> 31 == 0)
        {
            return new(IsControl: false, default, (int)first, flags, length);
        }

        return (first >> 16 & 0x7FFF) == Version
            ? new(IsControl: true, (SpdyFrameType)(first & 0xFFFF), 0, flags, length)
            : throw new SpdyException($"a frame of version {first >> 16 & 0x7FFF}, where {Version} was agreed on");
    }

    public static void WriteDataHeader(Span<byte> to, int streamId, byte flags, int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, streamId);
        BinaryPrimitives.WriteUInt32BigEndian(to[4..], (uint)flags << 24 | (uint)length);
    }

    public static byte[] SynStream(int streamId, byte[] headers, byte flags = 0)
    {
        // The stream, the one it belongs to (none), priority and slot.
        var frame = Control(SpdyFrameType.SynStream, flags, 10 + headers.Length);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(HeaderBytes), streamId);
        headers.CopyTo(frame, HeaderBytes + 10);
        return frame;
    }

    public static byte[] SynReply(int streamId, byte[] headers)
    {
        var frame = Control(SpdyFrameType.SynReply, 0, sizeof(int) + headers.Length);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(HeaderBytes), streamId);
        headers.CopyTo(frame, HeaderBytes + sizeof(int));
        return frame;
    }

    public static byte[] RstStream(int streamId, SpdyReset why) =>
        Numbers(SpdyFrameType.RstStream, streamId, (int)why);

    public static byte[] WindowUpdate(int streamId, int bytes) =>
        Numbers(SpdyFrameType.WindowUpdate, streamId, bytes);

    public static byte[] GoAway(int lastStreamId) => Numbers(SpdyFrameType.GoAway, lastStreamId, 0);

    public static byte[] Ping(int id) => Numbers(SpdyFrameType.Ping, id);

    private static byte[] Numbers(SpdyFrameType type, params ReadOnlySpan<int> numbers)
    {
        var frame = Control(type, 0, sizeof(int) * numbers.Length);
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(HeaderBytes + (sizeof(int) * i)), numbers[i]);
        }

        return frame;
    }

    private static byte[] Control(SpdyFrameType type, byte flags, int length)
    {
        var frame = new byte[HeaderBytes + length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, 1u << 31 | Version << 16 | (uint)type);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)flags << 24 | (uint)length);
        return frame;
    }
}
