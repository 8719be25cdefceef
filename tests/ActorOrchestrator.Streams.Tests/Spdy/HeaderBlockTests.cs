using ActorOrchestrator.Streams.Spdy;

namespace ActorOrchestrator.Streams.Tests.Spdy;

public sealed class HeaderBlockTests
{
    /// <summary>Two blocks of one stream as zlib itself writes them, with the dictionary of the protocol.</summary>
    private const string First =
        "78f9e3c6a7c202253a703a2b294a4dcc851625aca9a0808614cb45e01c6061606100a4398b20d198094ade8c0600000000ffff";

    private const string Second = "c2aa19540e2512d60b000000ffff";

    [Fact]
    public void The_dictionary_is_the_one_that_its_checksum_names()
    {
        var (low, high) = (1u, 0u);
        foreach (var each in SpdyDictionary.Bytes)
        {
            low = (low + each) % 65521;
            high = (high + low) % 65521;
        }

        Assert.Equal(SpdyDictionary.Checksum, high << 16 | low);
    }

    [Fact]
    public void Blocks_of_zlib_are_read_one_after_the_other()
    {
        using var reader = new HeaderBlockReader();
        Assert.Equal(
            new Dictionary<string, string> { ["streamtype"] = "error", ["port"] = "8080", ["requestid"] = "0" },
            reader.Read(Convert.FromHexString(First)));
        Assert.Equal("data", reader.Read(Convert.FromHexString(Second))["streamtype"]);
    }

    [Fact]
    public void What_the_writer_writes_the_reader_reads()
    {
        using var reader = new HeaderBlockReader();
        var writer = new HeaderBlockWriter();
        foreach (var type in (string[])["stdin", "stdout", "ä"])
        {
            var read = reader.Read(writer.Write(new Dictionary<string, string> { ["streamType"] = type }));
            Assert.Equal(new Dictionary<string, string> { ["streamtype"] = type }, read);
        }

        Assert.Empty(reader.Read(writer.Write(new Dictionary<string, string>())));
    }

    [Theory]
    [InlineData("", "does not begin as zlib does")]
    [InlineData("0000", "does not begin as zlib does")]
    [InlineData("78f900000000", "unknown dictionary")]
    [InlineData("7801", "ends within a header")]
    [InlineData("7801000100feffff", "ends within a header")]
    [InlineData("78010004 00fbff 7fffffff 0000 00ffff", "more than 64 headers")]
    [InlineData("7801000c00f3ff00000001000000ff00000000", "longer than its block")]
    [InlineData("780107", "not compressed as it should be")]
    public void What_is_no_block_is_refused(string hex, string why)
    {
        using var reader = new HeaderBlockReader();
        var broken = Assert.Throws<SpdyException>(
            () => reader.Read(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));
        Assert.Contains(why, broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_small_block_that_inflates_to_a_large_one_is_refused()
    {
        using var packed = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(
            packed, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zlib.Write(new byte[10 * HeaderBlockReader.BlockBytesMax]);
        }

        Assert.InRange(packed.Length, 0, 1000);
        using var reader = new HeaderBlockReader();
        var broken = Assert.Throws<SpdyException>(() => reader.Read(packed.ToArray()));
        Assert.Contains("a header block has more than", broken.Message, StringComparison.Ordinal);
    }
}
