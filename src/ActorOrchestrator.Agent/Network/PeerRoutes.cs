using System.Net;
using System.Net.Sockets;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.PodSubnets;

namespace ActorOrchestrator.Agent.Network;

/// <summary>How the pods of another machine are reached.</summary>
/// <param name="Subnet">Theirs.</param>
/// <param name="Machine">The machine's address.</param>
/// <param name="Device">The interface to it; the tunnel's where <paramref name="IsTunnelled"/>.</param>
/// <param name="IsTunnelled">By VXLAN, since a router is between.</param>
internal sealed record PeerRoute(Subnet Subnet, IPAddress Machine, string Device, bool IsTunnelled)
{
    /// <summary>The tunnel's end there: locally administered, and as unique as the subnet.</summary>
    public string Mac => MacOf(Subnet);

    public static string MacOf(Subnet subnet) =>
        "02:ac:" + string.Join(':', subnet.Address(0).GetAddressBytes().Select(part => $"{part:x2}"));
}

/// <summary>Which routes a machine has to have to the pods of others. Pure.</summary>
/// <param name="Routes">One for each machine that can be reached.</param>
/// <param name="Unreachable">Nodes that the mode leaves without a way, each with a reason.</param>
internal sealed record PeerRoutes(IReadOnlyList<PeerRoute> Routes, IReadOnlyList<string> Unreachable)
{
    public static readonly PeerRoutes None = new([], []);

    public bool UsesVxlan => Routes.Any(route => route.IsTunnelled);

    /// <summary>Nodes that are this machine's (another agent beside this one) have their bridge here.</summary>
    public static PeerRoutes Plan(
        IEnumerable<Node> nodes, string self, Subnet own, Underlay underlay, NetworkMode mode, string tunnel)
    {
        var (routes, unreachable) = (new SortedDictionary<Subnet, PeerRoute>(), new List<string>());
        foreach (var node in nodes.OrderBy(node => node.Metadata.Name, StringComparer.Ordinal))
        {
            if (mode == NetworkMode.None || node.Metadata.Name == self
                || !Subnet.TryParse(node.Spec.PodCIDR, out var subnet) || subnet.Overlaps(own)
                || AddressOf(node) is not { } machine || underlay.IsLocal(machine))
            {
                continue;
            }

            var direct = mode == NetworkMode.Vxlan ? null : underlay.To(machine);
            if (direct is null && mode == NetworkMode.Host)
            {
                unreachable.Add($"{node.Metadata.Name} ({machine}) is behind a router: set network.mode to auto or "
                    + "vxlan on all machines");
                continue;
            }

            routes.TryAdd(subnet, new PeerRoute(subnet, machine, direct?.Name ?? tunnel, direct is null));
        }

        return new PeerRoutes([.. routes.Values], unreachable);
    }

    private static IPAddress? AddressOf(Node node) => NodeAddresses.Of(node, NodeAddresses.Internal)
        .Select(address => IPAddress.TryParse(address, out var parsed) ? parsed : null)
        .FirstOrDefault(address => address is { AddressFamily: AddressFamily.InterNetwork });
}
