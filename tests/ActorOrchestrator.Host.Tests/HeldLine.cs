using System.Net;
using System.Net.Sockets;

namespace ActorOrchestrator.Host.Tests;

/// <summary>The way to a system, as a network that is there or not: a port of this machine whose connections are passed
/// on to where the system listens. What is begun while it is held comes through later.</summary>
internal sealed class HeldLine : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly List<Socket> _open = [];
    private TaskCompletionSource _held = NewSource();
    private TaskCompletionSource _through = NewSource();

    public HeldLine()
    {
        _listener.Start();
        _through.SetResult();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where it leads to.</summary>
    public int Target { get; set; }

    /// <summary>Ends the connections that there are, as those of a process that is killed, and holds what comes
    /// next.</summary>
    /// <returns>Is done when something is held.</returns>
    public Task BreakAndHold()
    {
        lock (_lock)
        {
            _through = NewSource();
            _held = NewSource();
            _open.ForEach(socket => socket.Shutdown(SocketShutdown.Both));
            _open.Clear();
            return _held.Task;
        }
    }

    /// <summary>What comes from now on is passed on at once; what is held still waits.</summary>
    /// <returns>Lets that through.</returns>
    public Action HoldNoMore()
    {
        lock (_lock)
        {
            var held = _through;
            _through = NewSource();
            _through.SetResult();
            return held.SetResult;
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = PassAsync(await _listener.AcceptSocketAsync(_end.Token), _end.Token);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Nobody needs it any more.
        }
    }

    private async Task PassAsync(Socket caller, CancellationToken end)
    {
        using var called = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (caller)
        {
            try
            {
                await Through(caller).WaitAsync(end);
                await called.ConnectAsync(IPAddress.Loopback, Target, end);
                lock (_lock)
                {
                    _open.Add(called);
                }

                await Task.WhenAny(CopyAsync(caller, called, end), CopyAsync(called, caller, end));
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException)
            {
                // One of the two has ended it.
            }
            finally
            {
                lock (_lock)
                {
                    _open.RemoveAll(socket => socket == caller || socket == called);
                }
            }
        }
    }

    private Task Through(Socket caller)
    {
        lock (_lock)
        {
            _open.Add(caller);
            if (!_through.Task.IsCompleted)
            {
                _held.TrySetResult();
            }

            return _through.Task;
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationToken end)
    {
        await using var source = new NetworkStream(from);
        await using var sink = new NetworkStream(to);
        await source.CopyToAsync(sink, end);
    }
}
