using System.Net;
using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.PodSubnets;

namespace ActorOrchestrator.Agent.Tests.Network;

/// <summary>Which ways lead to the pods of other machines.</summary>
public sealed class PeerRoutesTests
{
    private const string Tunnel = "aov-12345678";

    /// <summary>eth0 10.0.0.1/24 with jumbo frames, eth1 10.1.0.1/32 as in many clouds, and bridges of pods.</summary>
    private static readonly Underlay Machine = Underlay.Parse(
        """
        [{"ifname":"lo","mtu":65536,"addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8}]},
         {"ifname":"eth0","mtu":9000,"addr_info":[{"family":"inet","local":"10.0.0.1","prefixlen":24}]},
         {"ifname":"eth1","mtu":1400,"addr_info":[{"family":"inet","local":"10.1.0.1","prefixlen":32}]},
         {"ifname":"ao-12345678","mtu":1500,"addr_info":[{"family":"inet","local":"10.244.0.1","prefixlen":24}]},
         {}]
        """);

    [Theory]
    [InlineData(NetworkMode.Auto, "10.244.1.0/24 10.0.0.2 eth0", "10.244.2.0/24 10.9.0.2 vxlan")]
    [InlineData(NetworkMode.Vxlan, "10.244.1.0/24 10.0.0.2 vxlan", "10.244.2.0/24 10.9.0.2 vxlan")]
    [InlineData(NetworkMode.Host, "10.244.1.0/24 10.0.0.2 eth0")]
    [InlineData(NetworkMode.None)]
    public void Machines_on_the_same_network_are_reached_by_it_and_others_as_the_mode_says(
        NetworkMode mode, params string[] expected)
    {
        var plan = Plan(mode, Node("m2", "10.244.1.0/24", "10.0.0.2"), Node("m3", "10.244.2.0/24", "10.9.0.2"));
        Assert.Equal(expected, plan.Routes.Select(Text));
        Assert.Equal(mode == NetworkMode.Host ? 1 : 0, plan.Unreachable.Count);
        Assert.All(plan.Unreachable, why => Assert.Contains("m3 (10.9.0.2)", why, StringComparison.Ordinal));
    }

    [Fact]
    public void Itself_agents_beside_it_and_nodes_without_a_subnet_or_an_address_need_none()
    {
        var plan = Plan(
            NetworkMode.Auto, Node("m1", "10.244.0.0/24", "10.0.0.1"), Node("beside", "10.244.5.0/24", "10.0.0.1"),
            Node("loop", "10.244.6.0/24", "127.0.0.2"), Node("new", null, "10.0.0.7"),
            Node("nowhere", "10.244.7.0/24", "fd00::7"), Node("wrong", "10.244.0.0/16", "10.0.0.8"));
        Assert.Empty(plan.Routes);
    }

    [Fact]
    public void The_ends_of_tunnels_are_told_apart_by_their_subnets()
    {
        Assert.Equal("02:ac:0a:f4:03:00", PeerRoute.MacOf(Subnet.Parse("10.244.3.0/24")));
        Assert.Equal(9000, Machine.MtuOf(IPAddress.Parse("10.0.0.1")));
        Assert.Equal(1500, Machine.MtuOf(IPAddress.Parse("192.168.0.1")));
        Assert.Equal(1500, Machine.MtuOf(IPAddress.Loopback));
        Assert.Equal(["10.0.0.1 (eth0)"], Machine.Within(Subnet.Parse("10.0.0.0/16")));
        Assert.Equal("aov-12345678", PodNetworkSettings.DeviceNameFor("ao-12345678"));
    }

    private static PeerRoutes Plan(NetworkMode mode, params Node[] nodes) =>
        PeerRoutes.Plan(nodes, "m1", Subnet.Parse("10.244.0.0/24"), Machine, mode, Tunnel);

    private static string Text(PeerRoute route) =>
        $"{route.Subnet} {route.Machine} {(route.IsTunnelled ? "vxlan" : route.Device)}";

    private static Node Node(string name, string? subnet, string address) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Spec = new NodeSpec { PodCIDR = subnet, PodCIDRs = subnet is null ? [] : [subnet] },
        Status = new NodeStatus { Addresses = [new NodeAddress { Type = "InternalIP", Address = address }] },
    };
}
