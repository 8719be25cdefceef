using System.Net;
using System.Net.Sockets;

namespace ActorOrchestrator.Tests;

/// <summary>TCP ports for servers that are told theirs before they start.</summary>
internal static class FreePort
{
    /// <summary>Below those of connections (32768 on) and of Services (30000 on).</summary>
    private const int First = 20000;
    private const int Count = 10000;

    // Two runs beside each other begin at different places.
    private static int _last = Random.Shared.Next(Count);

    /// <summary>A port that nobody has at the moment, on any address: none that the system gives to connections, or to
    /// listeners that ask for any, and none that was given before.</summary>
    public static int Next()
    {
        foreach (var _ in Enumerable.Range(0, Count))
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            using var listener = new TcpListener(IPAddress.Any, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one, then.
            }
        }
        throw new InvalidOperationException($"all ports from {First} to {First + Count - 1} are taken");
    }
}
