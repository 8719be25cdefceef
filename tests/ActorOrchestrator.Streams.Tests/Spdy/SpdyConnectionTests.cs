using System.Net.Sockets;
using System.Text;
using ActorOrchestrator.Streams.Spdy;

namespace ActorOrchestrator.Streams.Tests.Spdy;

public sealed class SpdyConnectionTests
{
    private const int Window = 64 * 1024;
    private static readonly SpdyLimits Limits = new(StreamsMax: 4, Window);

    private static CancellationToken Until => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_carries_bytes_both_ways_and_each_side_ends_alone()
    {
        await using var ends = await Ends.ConnectAsync();
        var (client, server) = await ends.StreamAsync("stdin");
        Assert.Equal("stdin", server.Headers["streamtype"]);

        await client.WriteAsync("question"u8.ToArray(), Until);
        await client.CompleteWritesAsync();
        Assert.Equal("question", await TextAsync(server));

        await server.WriteAsync("answer"u8.ToArray(), Until);
        await server.CompleteWritesAsync();
        Assert.Equal("answer", await TextAsync(client));
    }

    [Fact]
    public async Task Bytes_arrive_as_they_were_sent_on_many_streams_at_once()
    {
        await using var ends = await Ends.ConnectAsync();
        var streams = new List<(SpdyStream Client, SpdyStream Server)>();
        for (var i = 0; i < 8; i++)
        {
            streams.Add(await ends.StreamAsync());
        }

        await Task.WhenAll(streams.Select(async (stream, at) =>
        {
            var bytes = new byte[1_000_003];
            new Random(at).NextBytes(bytes);
            var read = ReadAllAsync(stream.Server);
            await stream.Client.WriteAsync(bytes, Until);
            await stream.Client.CompleteWritesAsync();
            Assert.Equal(bytes, await read);
        }));
    }

    [Fact]
    public async Task Who_writes_waits_for_who_does_not_read()
    {
        await using var ends = await Ends.ConnectAsync(Limits);
        var (client, server) = await ends.StreamAsync();
        var written = 0;
        var writing = WriteAsync();
        await StandsStillAsync(() => Volatile.Read(ref written));
        var waited = Volatile.Read(ref written);
        Assert.InRange(waited, Window, 64 * 1024 * 1024);

        // Read again, it goes on.
        await server.ReadExactlyAsync(new byte[waited], Until);
        while (Volatile.Read(ref written) == waited)
        {
            await Task.Delay(5, Until);
        }

        await server.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => writing);

        async Task WriteAsync()
        {
            var piece = new byte[16 * 1024];
            while (true)
            {
                await client.WriteAsync(piece, Until);
                Volatile.Write(ref written, written + piece.Length);
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_write_that_is_held_up_is_not_waited_for_when_cancelled()
    {
        await using var ends = await Ends.ConnectAsync(Limits);
        var (client, _) = await ends.StreamAsync();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        var written = 0;
        var writing = WriteAsync();
        await StandsStillAsync(() => Volatile.Read(ref written));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);

        async Task WriteAsync()
        {
            while (true)
            {
                await client.WriteAsync(new byte[16 * 1024], cancellation.Token);
                Volatile.Write(ref written, written + 1);
            }
        }
    }

    [Fact]
    public async Task What_has_arrived_is_read_where_nothing_more_is_waited_for()
    {
        await using var ends = await Ends.ConnectAsync();
        var (client, server) = await ends.StreamAsync();
        await client.WriteAsync("all"u8.ToArray(), Until);
        var first = new byte[1];
        await server.ReadExactlyAsync(first, Until);
        server.CompleteReads();
        Assert.Equal("ll", await TextAsync(server));
    }

    [Fact]
    public async Task A_stream_that_is_closed_here_holds_up_no_other()
    {
        await using var ends = await Ends.ConnectAsync(Limits);
        var (client, server) = await ends.StreamAsync();
        var (otherClient, otherServer) = await ends.StreamAsync();
        await server.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (true)
            {
                await client.WriteAsync(new byte[Window], Until);
            }
        });
        await otherClient.WriteAsync("still here"u8.ToArray(), Until);
        await otherClient.CompleteWritesAsync();
        Assert.Equal("still here", await TextAsync(otherServer));
    }

    [Fact]
    public async Task What_came_before_a_reset_is_read_before_it_is_told()
    {
        await using var ends = await Ends.ConnectAsync();
        var (client, server) = await ends.StreamAsync();
        await client.WriteAsync("last words"u8.ToArray(), Until);
        await client.DisposeAsync();
        var buffer = new byte[10];
        await server.ReadExactlyAsync(buffer, Until);
        Assert.Equal("last words", Encoding.UTF8.GetString(buffer));
        var reset = await Assert.ThrowsAsync<IOException>(() => ReadAllAsync(server));
        Assert.Contains("reset the stream (Cancel)", reset.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_cancels_a_stream_has_done_with_it()
    {
        await using var ends = await Ends.ConnectAsync();
        var (client, server) = await ends.StreamAsync();
        await server.WriteAsync("the end"u8.ToArray(), Until);
        await server.DisposeAsync();
        Assert.Equal("the end", await TextAsync(client));
    }

    [Fact]
    public async Task More_streams_than_the_bound_are_refused()
    {
        await using var ends = await Ends.ConnectAsync(Limits);
        for (var i = 0; i < Limits.StreamsMax; i++)
        {
            await ends.StreamAsync();
        }

        var refused = await Assert.ThrowsAsync<IOException>(
            () => ends.Client.OpenAsync(new Dictionary<string, string>(), Until));
        Assert.Contains("RefusedStream", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ended_streams_do_not_count()
    {
        await using var ends = await Ends.ConnectAsync(Limits);
        for (var i = 0; i < 10 * Limits.StreamsMax; i++)
        {
            var (client, server) = await ends.StreamAsync();
            await client.CompleteWritesAsync();
            Assert.Equal("", await TextAsync(server));
            await server.CompleteWritesAsync();
            Assert.Equal("", await TextAsync(client));
        }
    }

    [Fact]
    public async Task The_end_of_the_connection_ends_all_that_waits_for_it()
    {
        await using var ends = await Ends.ConnectAsync(Limits);
        var (client, server) = await ends.StreamAsync();
        var reading = ReadAllAsync(server);
        var opening = ends.Client.OpenAsync(new Dictionary<string, string>(), Until);
        await ends.Client.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => reading);
        await Assert.ThrowsAsync<IOException>(() => opening);
        await Assert.ThrowsAsync<IOException>(async () => await client.WriteAsync(new byte[1], Until));
        Assert.True(ends.Server.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task A_ping_is_answered()
    {
        var (client, server) = await Ends.SocketsAsync();
        await using var connection = new SpdyConnection(server, isServer: true, Limits);
        byte[] ping = [0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 7];
        await client.WriteAsync(ping, Until);
        var answer = new byte[ping.Length];
        await client.ReadExactlyAsync(answer, Until);
        Assert.Equal(ping, answer);
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData("8002000100000000")] // another version
    [InlineData("8003000100FFFFFF")] // a control frame of 16 MiB
    [InlineData("8003000100000002 0001")] // too short for what it is
    [InlineData("80030001000000 12 00000002 00000000 0000 7801 000000ffff 00")] // a server's id from a client
    [InlineData("474554202F20485454502F312E310D0A0D0A")] // HTTP
    public async Task What_breaks_the_protocol_ends_the_connection(string hex)
    {
        var (client, server) = await Ends.SocketsAsync();
        await using var connection = new SpdyConnection(server, isServer: true, Limits);
        await client.WriteAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), Until);
        client.Socket.Shutdown(SocketShutdown.Send);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Timeout.Infinite, connection.Ended));
        await client.DisposeAsync();
    }

    private static async Task StandsStillAsync(Func<int> count)
    {
        var still = 0;
        for (var last = -1; still < 20; last = count())
        {
            await Task.Delay(20, Until);
            still = count() == last ? still + 1 : 0;
        }
    }

    private static async Task<byte[]> ReadAllAsync(SpdyStream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Until);
        return all.ToArray();
    }

    private static async Task<string> TextAsync(SpdyStream stream) =>
        Encoding.UTF8.GetString(await ReadAllAsync(stream));
}
