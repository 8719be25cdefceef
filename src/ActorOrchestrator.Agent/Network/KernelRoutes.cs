using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using ActorOrchestrator.Domain.PodSubnets;
using static ActorOrchestrator.Agent.Network.HostNetwork;

namespace ActorOrchestrator.Agent.Network;

/// <summary>
/// The kernel's routes to the pods of other machines, marked as ours, and the tunnel's device:
/// <code>
///   10.244.1.0/24 via 10.0.0.2 dev eth0 proto 158                 a machine on the same network
///   10.244.2.0/24 via 10.244.2.0 dev aov-1f… proto 158 onlink     one behind a router, and for it
///     10.244.2.0 lladdr 02:ac:0a:f4:02:00 dev aov-1f… permanent     nobody is asked for its address (no multicast)
///     02:ac:0a:f4:02:00 dev aov-1f… dst 10.1.0.7 self permanent     nor where it is
/// </code>
/// </summary>
internal sealed class KernelRoutes(string device, int vxlanId, int vxlanPort)
{
    /// <summary>Of routes (rtnetlink(7), rtm_protocol); nobody's in /etc/iproute2/rt_protos.</summary>
    private const string Protocol = "158";

    /// <summary>IPv4, UDP, VXLAN and Ethernet headers (RFC 7348).</summary>
    public const int VxlanOverhead = 50;

    /// <summary>What there is, whoever of us made it: an agent that was killed leaves its routes.</summary>
    /// <param name="cluster">Routes to other clusters' pods are another agent's.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<PeerRoute>> ReadAsync(Subnet cluster, CancellationToken cancellation)
    {
        var ends = DeviceExists(device) ? await EndsAsync(cancellation) : [];
        var found = new List<PeerRoute>();
        foreach (var route in await ListAsync("ip", ["-j", "-4", "route", "show", "proto", Protocol], cancellation))
        {
            var (text, name) = ((string?)route["dst"], (string?)route["dev"]);
            if (!Subnet.TryParse(text, out var subnet) || name is null || !cluster.Overlaps(subnet)
                || !IPAddress.TryParse((string?)route["gateway"], out var gateway))
            {
                continue;
            }

            var isTunnelled = name == device;
            found.Add(new PeerRoute(
                subnet, isTunnelled ? ends.GetValueOrDefault(PeerRoute.MacOf(subnet), IPAddress.None) : gateway, name,
                isTunnelled));
        }

        return found;
    }

    /// <summary>Makes the one into the other; what is the same is not touched.</summary>
    /// <exception cref="NetworkSetupException">Not all of it could be done; the rest is.</exception>
    public async Task ChangeAsync(
        IReadOnlyCollection<PeerRoute> before, IReadOnlyCollection<PeerRoute> after, CancellationToken cancellation)
    {
        var (routes, bridge) = (new List<string>(), new List<string>());
        var wanted = after.Select(route => route.Subnet).ToHashSet();
        foreach (var gone in before.Where(route => !after.Contains(route)))
        {
            if (!wanted.Contains(gone.Subnet))
            {
                routes.Add($"route del {gone.Subnet} dev {gone.Device} proto {Protocol}");
            }

            if (gone.IsTunnelled && !after.Any(route => route.Subnet == gone.Subnet && route.IsTunnelled))
            {
                routes.Add($"neigh del {gone.Subnet.Address(0)} dev {device}");
                bridge.Add($"fdb del {gone.Mac} dev {device} self");
            }
        }

        foreach (var route in after.Where(route => !before.Contains(route)))
        {
            if (route.IsTunnelled)
            {
                var end = route.Subnet.Address(0);
                bridge.Add($"fdb replace {route.Mac} dev {device} dst {route.Machine} self permanent");
                routes.Add($"neigh replace {end} lladdr {route.Mac} dev {device} nud permanent");
                routes.Add($"route replace {route.Subnet} via {end} dev {device} proto {Protocol} onlink");
            }
            else
            {
                routes.Add($"route replace {route.Subnet} via {route.Machine} dev {route.Device} proto {Protocol}");
            }
        }

        await BatchAsync("bridge", bridge, cancellation);
        await BatchAsync("ip", routes, cancellation);
    }

    /// <summary>Makes the tunnel's device, or mends it; one that is as it has to be is not touched, since whoever
    /// touches it is told that something has changed.</summary>
    public async Task EnsureDeviceAsync(Subnet own, IPAddress machine, int mtu, CancellationToken cancellation)
    {
        var (mac, address) = (PeerRoute.MacOf(own), own.Address(0));
        var shown = DeviceExists(device)
            ? (await ListAsync("ip", ["-j", "-d", "address", "show", "dev", device], cancellation)).FirstOrDefault()
            : null;
        if (shown is not null && !IsTunnelOf(shown, machine, mac))
        {
            await RemoveDeviceAsync(cancellation);
            shown = null;
        }

        if (shown is null)
        {
            await IpAsync(
                [
                    "link", "add", device, "address", mac, "type", "vxlan", "id", Text(vxlanId), "local",
                    $"{machine}", "dstport", Text(vxlanPort), "nolearning",
                ],
                cancellation);
        }

        if (shown is null || (int?)shown["mtu"] != mtu || !Has(shown["flags"], flag => (string?)flag == "UP"))
        {
            await IpAsync(["link", "set", device, "mtu", Text(mtu), "up"], cancellation);
        }

        if (shown is null || !Has(shown["addr_info"], one => (string?)one?["local"] == $"{address}"))
        {
            await IpAsync(["address", "replace", $"{address}/32", "dev", device], cancellation);
        }
    }

    /// <summary>With all routes that lead through it.</summary>
    public async Task RemoveDeviceAsync(CancellationToken cancellation)
    {
        if (DeviceExists(device))
        {
            await IpAsync(["link", "delete", device], cancellation);
        }
    }

    private bool IsTunnelOf(JsonObject shown, IPAddress machine, string mac) =>
        shown["linkinfo"]?["info_data"] is { } data && (int?)data["id"] == vxlanId && (int?)data["port"] == vxlanPort
        && (string?)data["local"] == $"{machine}" && (string?)shown["address"] == mac;

    private static bool Has(JsonNode? list, Func<JsonNode?, bool> one) => list is JsonArray all && all.Any(one);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Where each end of the tunnel is, by its MAC; only those whose address the kernel knows.</summary>
    private async Task<Dictionary<string, IPAddress>> EndsAsync(CancellationToken cancellation)
    {
        string[] neighbours = ["-j", "-4", "neigh", "show", "dev", device, "nud", "permanent"];
        var known = (await ListAsync("ip", neighbours, cancellation)).Select(entry => (string?)entry["lladdr"])
            .ToHashSet(StringComparer.Ordinal);
        var ends = new Dictionary<string, IPAddress>(StringComparer.Ordinal);
        foreach (var entry in await ListAsync("bridge", ["-j", "fdb", "show", "dev", device], cancellation))
        {
            if ((string?)entry["mac"] is { } mac && known.Contains(mac)
                && IPAddress.TryParse((string?)entry["dst"], out var machine))
            {
                ends[mac] = machine;
            }
        }

        return ends;
    }

    private static Task IpAsync(string[] arguments, CancellationToken cancellation) =>
        RunAsync("ip", arguments, "", cancellation);

    /// <summary>One line that fails does not keep the others.</summary>
    private static async Task BatchAsync(string program, List<string> lines, CancellationToken cancellation)
    {
        if (lines.Count > 0)
        {
            await RunAsync(
                program, ["-force", "-batch", "-"], string.Join('\n', lines) + "\n", cancellation);
        }
    }
}
