using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>The IPv4 addresses of this machine, without those of its containers' networks.</summary>
public static class MachineAddresses
{
    /// <summary>A container that comes or goes takes less than one reading; five in a row that meet one are bad luck
    /// beyond belief, and the failure is then told.</summary>
    private const int ReadingsMax = 5;

    /// <exception cref="NetworkInformationException">The system does not tell its interfaces.</exception>
    public static IReadOnlyList<IPAddress> Read()
    {
        for (var readings = 1; ; readings++)
        {
            try
            {
                return [.. Now()];
            }
            catch (Exception changed) when (
                changed is ArgumentException or NetworkInformationException && readings < ReadingsMax)
            {
                // The base library gives an interface without a valid address when one vanishes while it lists them.
            }
        }
    }

    private static IEnumerable<IPAddress> Now() =>
        from network in NetworkInterface.GetAllNetworkInterfaces()
        where network.OperationalStatus == OperationalStatus.Up
        where !IsPodNetwork(network.Name)
        from address in network.GetIPProperties().UnicastAddresses
        where address.Address.AddressFamily == AddressFamily.InterNetwork
        select address.Address;

    // Bridges and veths of containers come and go; a certificate that named them would be made anew at every start.
    private static bool IsPodNetwork(string name) =>
        name.StartsWith("veth", StringComparison.Ordinal)
        || name.StartsWith("ao-", StringComparison.Ordinal)
        || name.StartsWith("aov-", StringComparison.Ordinal)
        || name.StartsWith("cni", StringComparison.Ordinal)
        || name.StartsWith("docker", StringComparison.Ordinal)
        || name.StartsWith("br-", StringComparison.Ordinal);
}
