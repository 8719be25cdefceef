using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ActorOrchestrator.Actors.Hosting.Datagrams;

/// <summary>
/// A heartbeat, or its answer, which repeats what it answers. What was recorded cannot be used later: an answer with a
/// number of long ago is none.
/// <code>
///   0        1        9        13      17                33
///   | 1 or 2 | number | member | asker | proof           |   integers are big-endian
/// </code>
/// </summary>
/// <param name="IsAnswer">It is the answer.</param>
/// <param name="Number">Which of the asker's heartbeats: they are counted, from a number at random.</param>
/// <param name="Member">Which life of the asked member is meant, by Akka's <c>UniqueAddress</c>; of a machine's, which
/// of its connections it goes with; of a question (<see cref="HeartbeatQuestion"/>), 0.</param>
/// <param name="Asker">Which life of which member asks: one that was removed gets no answer. Of a machine's, 0.</param>
public readonly record struct HeartbeatDatagram(bool IsAnswer, long Number, int Member, int Asker)
{
    public const int Size = Signed + Proof;

    private const byte Ask = 1;
    private const byte Answer = 2;
    private const int MemberAt = 1 + sizeof(long);
    private const int AskerAt = MemberAt + sizeof(int);
    private const int Signed = AskerAt + sizeof(int);

    /// <summary>Of HMAC-SHA256, as many bytes as RFC 2104 asks for at least.</summary>
    private const int Proof = 16;

    /// <param name="datagram"><see cref="Size"/> bytes.</param>
    /// <param name="key">What only those two know who talk.</param>
    public void Write(Span<byte> datagram, ReadOnlySpan<byte> key)
    {
        datagram[0] = IsAnswer ? Answer : Ask;
        BinaryPrimitives.WriteInt64BigEndian(datagram[1..], Number);
        BinaryPrimitives.WriteInt32BigEndian(datagram[MemberAt..], Member);
        BinaryPrimitives.WriteInt32BigEndian(datagram[AskerAt..], Asker);
        Span<byte> proof = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, datagram[..Signed], proof);
        proof[..Proof].CopyTo(datagram[Signed..]);
    }

    /// <summary>Whom it names, before it is known whether it may.</summary>
    /// <param name="datagram">At least as long as it is to be.</param>
    public static int MemberIn(ReadOnlySpan<byte> datagram) =>
        BinaryPrimitives.ReadInt32BigEndian(datagram[MemberAt..]);

    /// <returns>Null: whoever wrote it does not know the key.</returns>
    public static HeartbeatDatagram? Read(ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> key)
    {
        if (datagram.Length != Size || datagram[0] is not (Ask or Answer))
        {
            return null;
        }

        Span<byte> proof = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, datagram[..Signed], proof);
        return CryptographicOperations.FixedTimeEquals(proof[..Proof], datagram[Signed..])
            ? new(datagram[0] == Answer, BinaryPrimitives.ReadInt64BigEndian(datagram[1..]),
                MemberIn(datagram), BinaryPrimitives.ReadInt32BigEndian(datagram[AskerAt..]))
            : null;
    }
}
