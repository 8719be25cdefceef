using System.Net.Sockets;
using System.Text;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Host.Serving;

/// <summary>Tells systemd that the service serves, and that it stops, by sd_notify's protocol: a datagram to the socket
/// that <c>NOTIFY_SOCKET</c> names. Without one nobody is told.</summary>
internal static class Systemd
{
    private const string Variable = "NOTIFY_SOCKET";

    private static readonly string? Place = Take();

    /// <summary>From now on the service serves.</summary>
    public static void TellReady() => Tell("READY=1");

    /// <summary>From now on it ends.</summary>
    public static void TellStopping() => Tell("STOPPING=1");

    private static void Tell(string word)
    {
        if (Place is null)
        {
            return;
        }

        // In Linux's abstract namespace a name begins with a zero, which is written as an at-sign.
        var name = Place[0] == '@' ? "\0" + Place[1..] : Place;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.SendTo(Encoding.UTF8.GetBytes(word), new UnixDomainSocketEndPoint(name));
        }
        catch (SocketException gone)
        {
            Console.Error.WriteLine($"orchestrator: systemd does not hear at {Place}: {FailureWords.Of(gone)}");
        }
    }

    /// <summary>What this process starts is not the service, and is told of no socket.</summary>
    private static string? Take()
    {
        var place = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        return string.IsNullOrEmpty(place) ? null : place;
    }
}
