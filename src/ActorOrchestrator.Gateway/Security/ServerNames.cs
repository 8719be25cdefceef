using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>The names under which clients may reach the API server.</summary>
internal static class ServerNames
{
    /// <summary>The first address of the default service network: the <c>kubernetes</c> Service.</summary>
    private const string KubernetesServiceAddress = "10.96.0.1";

    public static IReadOnlyList<string> Of(IEnumerable<string> extra)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal)
        {
            "localhost", "127.0.0.1", "::1", KubernetesServiceAddress,
            "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
        };
        if (Uri.CheckHostName(Dns.GetHostName()) == UriHostNameType.Dns)
        {
            names.Add(Dns.GetHostName().ToLowerInvariant());
        }

        names.UnionWith(MachineAddresses());
        names.UnionWith(extra.Select(name => name.ToLowerInvariant()));
        return [.. names];
    }

    private static IEnumerable<string> MachineAddresses() =>
        from network in NetworkInterface.GetAllNetworkInterfaces()
        where network.OperationalStatus == OperationalStatus.Up
        where !IsPodNetwork(network.Name)
        from address in network.GetIPProperties().UnicastAddresses
        where address.Address.AddressFamily == AddressFamily.InterNetwork
        select address.Address.ToString();

    // Bridges and veths of containers come and go; a certificate that named them would be made anew at every start.
    private static bool IsPodNetwork(string name) =>
        name.StartsWith("veth", StringComparison.Ordinal)
        || name.StartsWith("ao-", StringComparison.Ordinal)
        || name.StartsWith("cni", StringComparison.Ordinal)
        || name.StartsWith("docker", StringComparison.Ordinal)
        || name.StartsWith("br-", StringComparison.Ordinal);
}
