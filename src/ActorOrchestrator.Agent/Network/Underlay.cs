using System.Net;
using System.Text.Json.Nodes;
using ActorOrchestrator.Domain.PodSubnets;

namespace ActorOrchestrator.Agent.Network;

/// <summary>A network interface of the machine.</summary>
/// <param name="Name">As the kernel has it.</param>
/// <param name="Mtu">In bytes.</param>
/// <param name="Addresses">IPv4 ones, each with the network that is reached without a router.</param>
internal sealed record UnderlayLink(
    string Name, int Mtu, IReadOnlyList<(IPAddress Address, Subnet Network)> Addresses);

/// <summary>The machine's own network, below that of its pods: asked of the kernel, since /sys and what .NET knows are
/// of the namespace of whoever mounted them.</summary>
internal sealed record Underlay(IReadOnlyList<UnderlayLink> Links)
{
    public const int UsualMtu = 1500;

    public static async Task<Underlay> ReadAsync(CancellationToken cancellation) =>
        Parse(await HostNetwork.RunAsync("ip", ["-j", "-4", "address", "show", "up"], "", cancellation));

    /// <summary>What <c>ip -j address</c> prints. Pods' bridges and tunnels, of whatever agent, are none.</summary>
    public static Underlay Parse(string json)
    {
        var links = new List<UnderlayLink>();
        foreach (var link in JsonNode.Parse(json.Length == 0 ? "[]" : json)!.AsArray())
        {
            // Options that were asked for leave empty objects for interfaces that do not fit.
            if (link is not JsonObject { Count: > 0 } shown || (string?)shown["ifname"] is not { } name
                || IsPodNetwork(name))
            {
                continue;
            }

            links.Add(new UnderlayLink(name, (int?)shown["mtu"] ?? UsualMtu,
            [
                .. (shown["addr_info"] as JsonArray ?? []).OfType<JsonObject>()
                    .Where(address => (string?)address["family"] == "inet")
                    .Select(address => (
                        IPAddress.Parse((string)address["local"]!), NetworkOf(
                            IPAddress.Parse((string)address["local"]!), (int)address["prefixlen"]!))),
            ]));
        }

        return new Underlay(links);
    }

    public static bool IsPodNetwork(string name) =>
        name.StartsWith("ao-", StringComparison.Ordinal) || name.StartsWith("aov-", StringComparison.Ordinal);

    public bool IsLocal(IPAddress address) => IPAddress.IsLoopback(address)
        || Links.Any(link => link.Addresses.Any(own => own.Address.Equals(address)));

    /// <summary>The interface by which an address is reached without a router; null: there is none.</summary>
    public UnderlayLink? To(IPAddress address) => (
        from link in Links
        from own in link.Addresses
        where own.Network.Contains(address)
        orderby own.Network.Prefix descending, link.Name
        select link).FirstOrDefault();

    /// <summary>Of the interface with an address. That of the loopback interface (65536) is more than any other takes,
    /// and nothing leaves by it.</summary>
    public int MtuOf(IPAddress address) =>
        Links.FirstOrDefault(link => link.Addresses.Any(own => own.Address.Equals(address)))
            is { Mtu: > 0 and <= ushort.MaxValue } link
            ? link.Mtu
            : UsualMtu;

    /// <summary>Addresses of the machine that pods would have.</summary>
    public IEnumerable<string> Within(Subnet cluster) =>
        from link in Links
        from own in link.Addresses
        where cluster.Contains(own.Address)
        select $"{own.Address} ({link.Name})";

    private static Subnet NetworkOf(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        var number = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return new Subnet(prefix == 0 ? 0 : number & (uint.MaxValue << (32 - prefix)), prefix);
    }
}
