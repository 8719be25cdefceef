using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ActorOrchestrator.Streams.Spdy;

/// <summary>
/// Reads the header blocks of one direction of a connection. They are one zlib stream, cut at flushes, whose first
/// words may refer to the protocol's dictionary. .NET's inflater takes no dictionary; a stored block of Deflate that
/// holds it, read before the first header block, leaves the inflater in the same state.
/// </summary>
internal sealed class HeaderBlockReader : IDisposable
{
    /// <summary>Of one block, inflated: streams of Kubernetes have three or four short headers.</summary>
    public const int BlockBytesMax = 16 * 1024;

    private const int HeadersMax = 64;
    private const int ZlibHeaderBytes = 2;
    private const int DictionaryFlag = 0x20;
    private const int DeflateMethod = 8;

    private readonly Feed _feed = new();
    private readonly DeflateStream _inflater;
    private readonly byte[] _block = new byte[BlockBytesMax + 1];
    private bool _begun;

    public HeaderBlockReader()
    {
        _inflater = new DeflateStream(_feed, CompressionMode.Decompress);
        _feed.Put(StoredBlock.Of(SpdyDictionary.Bytes));
        Inflate();
    }

    /// <returns>Names in lower case; several values of one name are separated by NUL.</returns>
    /// <exception cref="SpdyException">It is no header block, or too large a one.</exception>
    public Dictionary<string, string> Read(ReadOnlySpan<byte> compressed)
    {
        _feed.Put((_begun ? compressed : compressed[ZlibHeader(compressed)..]).ToArray());
        _begun = true;
        int length;
        try
        {
            length = Inflate();
        }
        catch (InvalidDataException broken)
        {
            throw new SpdyException($"a header block is not compressed as it should be: {broken.Message}");
        }

        return length <= BlockBytesMax
            ? Parse(_block.AsSpan(0, length))
            : throw new SpdyException($"a header block has more than {BlockBytesMax} bytes");
    }

    public void Dispose() => _inflater.Dispose();

    private static int ZlibHeader(ReadOnlySpan<byte> block)
    {
        if (block.Length < ZlibHeaderBytes || (block[0] & 0xF) != DeflateMethod)
        {
            throw new SpdyException("the first header block does not begin as zlib does");
        }

        if ((block[1] & DictionaryFlag) == 0)
        {
            return ZlibHeaderBytes;
        }

        return block.Length >= ZlibHeaderBytes + sizeof(uint)
            && BinaryPrimitives.ReadUInt32BigEndian(block[ZlibHeaderBytes..]) == SpdyDictionary.Checksum
            ? ZlibHeaderBytes + sizeof(uint)
            : throw new SpdyException("the header blocks refer to an unknown dictionary");
    }

    private int Inflate()
    {
        var length = 0;
        int read;
        while (length < _block.Length && (read = _inflater.Read(_block, length, _block.Length - length)) > 0)
        {
            length += read;
        }

        return length;
    }

    private static Dictionary<string, string> Parse(ReadOnlySpan<byte> block)
    {
        var count = Number(ref block);
        if (count > HeadersMax)
        {
            throw new SpdyException($"a header block has more than {HeadersMax} headers");
        }

        var headers = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            headers[Text(ref block).ToLowerInvariant()] = Text(ref block);
        }

        return headers;
    }

    private static string Text(ref ReadOnlySpan<byte> block)
    {
        var length = Number(ref block);
        if (length > block.Length)
        {
            throw new SpdyException("a header is longer than its block");
        }

        var text = Encoding.UTF8.GetString(block[..length]);
        block = block[length..];
        return text;
    }

    private static int Number(ref ReadOnlySpan<byte> block)
    {
        if (!BinaryPrimitives.TryReadInt32BigEndian(block, out var number) || number < 0)
        {
            throw new SpdyException("a header block ends within a header");
        }

        block = block[sizeof(int)..];
        return number;
    }

    /// <summary>What the inflater reads: the bytes at hand, then nothing until there are more.</summary>
    private sealed class Feed : AsyncStream
    {
        private ReadOnlyMemory<byte> _bytes;

        public override bool CanRead => true;

        public void Put(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

        public override int Read(Span<byte> buffer)
        {
            var length = Math.Min(buffer.Length, _bytes.Length);
            _bytes.Span[..length].CopyTo(buffer);
            _bytes = _bytes[length..];
            return length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }
}
