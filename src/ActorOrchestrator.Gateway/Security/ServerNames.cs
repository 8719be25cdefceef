using System.Net;

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

        names.UnionWith(MachineAddresses.Read().Select(address => address.ToString()));
        names.UnionWith(extra.Select(name => name.ToLowerInvariant()));
        return [.. names];
    }
}
