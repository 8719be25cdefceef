using System.Net;
using System.Net.Sockets;

namespace ActorOrchestrator.Host.Tests;

/// <summary>A port that answers nothing to whoever asks for a connection, as a machine without power: as many wait
/// there as may, and the kernel drops what comes then.</summary>
internal sealed class SilentPort : IDisposable
{
    private readonly Socket[] _sockets;

    private SilentPort(Socket[] sockets) => _sockets = sockets;

    public static SilentPort Open(int port)
    {
        var sockets = Enumerable.Range(0, 5)
            .Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToArray();
        sockets[0].Bind(new IPEndPoint(IPAddress.Loopback, port));
        sockets[0].Listen(0);
        foreach (var waiting in sockets.Skip(1))
        {
            waiting.Blocking = false;
            Assert.Throws<SocketException>(() => waiting.Connect(IPAddress.Loopback, port));
        }

        return new(sockets);
    }

    public void Dispose() => Array.ForEach(_sockets, socket => socket.Dispose());
}
