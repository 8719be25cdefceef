using ActorOrchestrator.Actors.Hosting.Datagrams;

namespace ActorOrchestrator.Actors.Tests.Datagrams;

public sealed class HeartbeatDatagramTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(each => (byte)each)];

    /// <summary>Members of another release read it: the proof is HMAC-SHA256 of the first seventeen bytes, cut to
    /// sixteen (computed by Python's <c>hmac</c>).</summary>
    [Fact]
    public void Its_bytes_stay_as_they_are()
    {
        var bytes = new byte[HeartbeatDatagram.Size];
        new HeartbeatDatagram(IsAnswer: false, 0x0102030405060708, -2, 3).Write(bytes, Key);
        Assert.Equal("010102030405060708FFFFFFFE00000003"
            + "A41FC9636C9BA03BBA71399A13ACC39B", Convert.ToHexString(bytes));
    }

    [Theory]
    [InlineData(false, 0, 0)]
    [InlineData(true, long.MinValue, int.MaxValue)]
    public void What_a_member_writes_another_one_reads(bool isAnswer, long number, int member)
    {
        var bytes = new byte[HeartbeatDatagram.Size];
        var datagram = new HeartbeatDatagram(isAnswer, number, member, member - 1);
        datagram.Write(bytes, Key);
        Assert.Equal(datagram, HeartbeatDatagram.Read(bytes, Key));
    }

    [Fact]
    public void Whoever_does_not_know_the_key_can_change_no_bit_of_it_and_write_none()
    {
        var bytes = new byte[HeartbeatDatagram.Size];
        new HeartbeatDatagram(IsAnswer: true, 7, 9, 11).Write(bytes, Key);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(HeartbeatDatagram.Read(bytes, Key));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Null(HeartbeatDatagram.Read(bytes, new byte[32]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(HeartbeatDatagram.Size - 1)]
    [InlineData(HeartbeatDatagram.Size + 1)]
    public void One_of_another_length_is_none(int length) =>
        Assert.Null(HeartbeatDatagram.Read(new byte[length], Key));
}
