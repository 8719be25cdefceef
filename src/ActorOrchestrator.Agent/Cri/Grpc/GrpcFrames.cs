using System.Buffers.Binary;
using Google.Protobuf;

namespace ActorOrchestrator.Agent.Cri.Grpc;

/// <summary>
/// Messages on the wire as gRPC frames them: one byte "compressed" (always 0 here: nothing is negotiated), four bytes
/// of length, big endian, then the message.
/// </summary>
internal static class GrpcFrames
{
    public const int PrefixBytes = 5;

    /// <summary>
    /// 16 MiB: what the kubelet accepts of a runtime; a list of a few thousand containers is below 4 MiB.
    /// </summary>
    public const int MessageBytesMax = 16 * 1024 * 1024;

    public static byte[] Encode(IMessage message)
    {
        var length = message.CalculateSize();
        var frame = new byte[PrefixBytes + length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)length);
        message.WriteTo(frame.AsSpan(PrefixBytes));
        return frame;
    }

    /// <returns>The next message, or null where the stream ends between two messages.</returns>
    /// <exception cref="GrpcException">
    /// The stream ends inside a frame, or the frame is compressed or too long.
    /// </exception>
    public static async Task<T?> ReadAsync<T>(Stream stream, MessageParser<T> parser, CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        var prefix = new byte[PrefixBytes];
        var read = await stream.ReadAtLeastAsync(prefix, PrefixBytes, throwOnEndOfStream: false, cancellation);
        if (read == 0) return null;
        if (read < PrefixBytes)
            throw new GrpcException(GrpcCode.Internal, $"the answer ended after {read} bytes of a frame's prefix");
        if (prefix[0] != 0)
            throw new GrpcException(GrpcCode.Internal, "the answer is compressed, although no compression was offered");
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
        if (length > MessageBytesMax)
            throw new GrpcException(
                GrpcCode.ResourceExhausted, $"the answer has {length} bytes, more than the limit of {MessageBytesMax}");
        var body = new byte[length];
        var got = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellation);
        if (got < body.Length)
            throw new GrpcException(GrpcCode.Internal, $"the answer ended after {got} of {length} bytes of a message");
        try
        {
            return parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw new GrpcException(GrpcCode.Internal, $"the answer is not a valid message: {broken.Message}", broken);
        }
    }
}
