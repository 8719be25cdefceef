using System.Buffers.Binary;
using System.Text;

namespace ActorOrchestrator.Streams.Spdy;

/// <summary>Writes the header blocks of one direction of a connection. They are a few dozen bytes for the life of a
/// stream, so they are a zlib stream that compresses nothing.</summary>
internal sealed class HeaderBlockWriter
{
    /// <summary>zlib's header with the flag that a dictionary is meant, and the dictionary's checksum.</summary>
    private static readonly byte[] ZlibHeader = [0x78, 0xBB, 0xE3, 0xC6, 0xA7, 0xC2];

    private bool _begun;

    public byte[] Write(IReadOnlyDictionary<string, string> headers)
    {
        using var block = new MemoryStream();
        Number(block, headers.Count);
        foreach (var (name, value) in headers)
        {
            Text(block, name.ToLowerInvariant());
            Text(block, value);
        }

        // The empty block is zlib's sync flush. Go's inflater hands out what it has when it comes to it, and takes the
        // end of the bytes anywhere else for the end of the stream.
        var stored = StoredBlock.Of(block.ToArray()).Concat(StoredBlock.Of([]));
        var written = (_begun ? stored : ZlibHeader.Concat(stored)).ToArray();
        _begun = true;
        return written;
    }

    private static void Text(MemoryStream to, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Number(to, bytes.Length);
        to.Write(bytes);
    }

    private static void Number(MemoryStream to, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        to.Write(bytes);
    }
}
