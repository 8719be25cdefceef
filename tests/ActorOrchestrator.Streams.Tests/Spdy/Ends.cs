using System.Net;
using System.Net.Sockets;
using ActorOrchestrator.Streams.Spdy;

namespace ActorOrchestrator.Streams.Tests.Spdy;

/// <summary>Both ends of a connection over a real socket, whose buffers are what makes writers wait.</summary>
internal sealed class Ends : IAsyncDisposable
{
    private Ends(SpdyConnection client, SpdyConnection server) => (Client, Server) = (client, server);

    public SpdyConnection Client { get; }

    public SpdyConnection Server { get; }

    public static async Task<Ends> ConnectAsync(SpdyLimits? limits = null)
    {
        limits ??= new SpdyLimits(StreamsMax: 16, WindowBytes: 64 * 1024);
        var (client, server) = await SocketsAsync();
        return new Ends(
            new SpdyConnection(client, isServer: false, limits), new SpdyConnection(server, isServer: true, limits));
    }

    public static async Task<(NetworkStream Client, NetworkStream Server)> SocketsAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndpoint, TestContext.Current.CancellationToken);
        var server = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        return (new NetworkStream(client, ownsSocket: true), new NetworkStream(server, ownsSocket: true));
    }

    /// <summary>A stream that the client has opened and the server has taken.</summary>
    public async Task<(SpdyStream Client, SpdyStream Server)> StreamAsync(string type = "data")
    {
        var until = TestContext.Current.CancellationToken;
        var opening = Client.OpenAsync(new Dictionary<string, string> { ["streamType"] = type }, until);
        var taken = await Server.Opened.ReadAsync(until);
        await taken.AcceptAsync();
        return (await opening, taken);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
