using System.Net;
using System.Net.Sockets;
using ActorOrchestrator.Api;
using ActorOrchestrator.Streams.Commands;

namespace ActorOrchestrator.Agent.Processes;

/// <summary>Ports of plain processes, which are those of the machine.</summary>
internal sealed class ProcessPorts(string pod) : IPortForward
{
    public async Task ForwardAsync(int port, Stream client, CancellationToken cancellation)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
        }
        catch (SocketException failure)
        {
            throw new IOException($"error forwarding port {port} to pod {pod}: {FailureWords.Of(failure)}", failure);
        }

        await using var there = new NetworkStream(socket);
        await StreamCopy.BothWaysAsync(client, there, EndAsync, cancellation);

        ValueTask EndAsync()
        {
            socket.Shutdown(SocketShutdown.Send);
            return ValueTask.CompletedTask;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
