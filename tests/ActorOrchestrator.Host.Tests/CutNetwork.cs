using System.Net;
using System.Net.Sockets;

namespace ActorOrchestrator.Host.Tests;

/// <summary>A way to a port of this machine that can be cut: from then on it takes what is sent and passes nothing on,
/// and nobody is told that a connection has ended.</summary>
internal sealed class CutNetwork : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly int _beyond;
    private volatile bool _isCut;

    public CutNetwork(int beyond)
    {
        _beyond = beyond;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public void Cut() => _isCut = true;

    public void Dispose()
    {
        _ending.Cancel();
        _listener.Dispose();
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        var stop = _ending.Token;
        while (!stop.IsCancellationRequested)
        {
            _ = CarryAsync(await _listener.AcceptTcpClientAsync(stop), stop);
        }
    }

    private async Task CarryAsync(TcpClient near, CancellationToken stop)
    {
        using (near)
        using (var far = new TcpClient())
        {
            await far.ConnectAsync(IPAddress.Loopback, _beyond, stop);
            var (one, other) = (near.GetStream(), far.GetStream());
            await Task.WhenAll(PassAsync(one, other, stop), PassAsync(other, one, stop));
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, CancellationToken stop)
    {
        var buffer = new byte[4096];
        while (await from.ReadAsync(buffer, stop) is > 0 and var count)
        {
            if (!_isCut)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), stop);
            }
        }
    }
}
