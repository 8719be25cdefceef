using System.Net;
using System.Net.Sockets;
using ActorOrchestrator.Api;
using ActorOrchestrator.Host.Joining;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Doctor;

/// <summary>The addresses and ports that the server is to listen on.</summary>
internal static class AddressChecks
{
    private const string Area = "addresses";

    public static IEnumerable<Finding> Of(ServerSettings settings)
    {
        var isRunning = IsRunning(settings.DataDirectory);
        if (JoinedDirectory.IsNodeOnly(settings.DataDirectory))
        {
            return [OfEndpoint(settings.Control.Listen, "control.listen", isRunning)];
        }

        var members = new IPEndPoint(IPAddress.Parse(settings.Cluster.Address), settings.Cluster.Port);
        return settings.Api.Listen.Select(each => (Endpoint: each, Key: "api.listen"))
            .Append((Endpoint: members, Key: "cluster.address"))
            .Select(each => OfEndpoint(each.Endpoint, each.Key, isRunning));
    }

    /// <summary>Binds it for a moment.</summary>
    public static Finding OfEndpoint(IPEndPoint endpoint, string key, bool isRunning)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endpoint);
            socket.Listen();
            return Finding.Good(
                Area,
                endpoint.Port == 0 ? $"{endpoint.Address} has a free port ({key})" : $"{endpoint} is free ({key})");
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && isRunning)
        {
            return Finding.Good(Area, $"{endpoint} is used, and this data directory is in use ({key})");
        }
        catch (SocketException refused)
        {
            return Finding.Fault(
                Area, $"{endpoint} cannot be listened on: {FailureWords.Of(refused)}",
                refused.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"stop what listens there ('ss -ltnp' shows it), or set {key} to another port"
                    : $"set {key} to an address of this machine, and a port that its user may open");
        }
    }

    /// <summary>Whether a server runs on a data directory.</summary>
    public static bool IsRunning(string dataDirectory)
    {
        var file = DataDirectory.PidFileIn(dataDirectory);
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), out var pid)
            && Directory.Exists($"/proc/{pid}");
    }
}
