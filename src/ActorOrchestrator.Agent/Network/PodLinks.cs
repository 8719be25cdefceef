using System.Globalization;
using System.Text.Json.Nodes;
using ActorOrchestrator.Domain.PodSubnets;
using static ActorOrchestrator.Agent.Network.HostNetwork;

namespace ActorOrchestrator.Agent.Network;

/// <summary>The bridge and the interfaces of pods that run, when their network changes under them.</summary>
internal static class PodLinks
{
    private const string InPod = "eth0";

    /// <summary>Gives them the network's MTU, and the bridge the addresses that pods have as their gateways: the plugin
    /// takes a bridge whose first address is the subnet's, and lets others be.</summary>
    public static async Task AdaptAsync(CniNetwork network, CancellationToken cancellation)
    {
        var bridge = network.BridgeName;
        if (!DeviceExists(bridge))
        {
            return;
        }

        var shown = (await ListAsync("ip", ["-j", "address", "show", "dev", bridge], cancellation))[0];
        var wanted = network.Former.Prepend(network.PodSubnet!).Select(Subnet.Parse)
            .Select(subnet => $"{subnet.Address(1)}/{subnet.Prefix}").ToList();
        var present = (shown["addr_info"] as JsonArray ?? []).OfType<JsonObject>()
            .Where(address => (string?)address["family"] == "inet")
            .Select(address => $"{address["local"]}/{address["prefixlen"]}").ToList();
        var lines = new List<string>();
        if (present.Count > 0 && present[0] != wanted[0])
        {
            lines.AddRange(present.Select(address => $"address del {address} dev {bridge}"));
            lines.AddRange(wanted.Select(address => $"address add {address} dev {bridge}"));
        }

        var mtu = network.Mtu.ToString(CultureInfo.InvariantCulture);
        if ((int?)shown["mtu"] != network.Mtu)
        {
            var spaces = (await ListAsync("ip", ["-j", "netns", "list"], cancellation))
                .Where(space => space["id"] is not null)
                .ToDictionary(space => (int)space["id"]!, space => (string)space["name"]!);
            foreach (var port in await ListAsync("ip", ["-j", "link", "show", "master", bridge], cancellation))
            {
                lines.Add($"link set {port["ifname"]} mtu {mtu}");
                if ((int?)port["link_netnsid"] is { } id && spaces.TryGetValue(id, out var space))
                {
                    await RunAsync(
                        "ip", ["-n", space, "link", "set", InPod, "mtu", mtu], "", cancellation);
                }
            }

            lines.Add($"link set {bridge} mtu {mtu}");
        }

        if (lines.Count > 0)
        {
            await RunAsync("ip", ["-batch", "-"], string.Join('\n', lines) + "\n", cancellation);
        }
    }
}
