using System.Text.Json.Nodes;
using ActorOrchestrator.Agent.Network;

namespace ActorOrchestrator.Agent.Tests.Network;

public sealed class CniNetworkTests
{
    private static readonly CniNetwork Network = new()
    {
        BridgeName = "ao-12345678", StateDirectory = "/data/leases", PodSubnet = "10.9.0.0/24",
    };

    [Fact]
    public void The_configuration_is_a_bridge_with_addresses_of_the_subnet_and_host_ports()
    {
        var plugins = JsonNode.Parse(Network.Conflist())!["plugins"]!.AsArray();
        Assert.Equal(["bridge", "portmap"], plugins.Select(plugin => plugin!["type"]!.GetValue<string>()));
        var bridge = plugins[0]!;
        Assert.Equal("ao-12345678", bridge["bridge"]!.GetValue<string>());
        Assert.True(bridge["hairpinMode"]!.GetValue<bool>());
        Assert.Equal("10.9.0.0/24", bridge["ipam"]!["ranges"]![0]![0]!["subnet"]!.GetValue<string>());
        Assert.Equal("/data/leases", bridge["ipam"]!["dataDir"]!.GetValue<string>());
        Assert.True(plugins[1]!["capabilities"]!["portMappings"]!.GetValue<bool>());
    }

    [Fact]
    public void Only_what_leaves_the_networks_of_pods_goes_by_the_machines_address()
    {
        var network = Network with { ClusterCidr = "10.8.0.0/14", Former = ["10.9.7.0/24", "10.200.0.0/24"] };
        Assert.Contains(
            "ip saddr { 10.9.0.0/24, 10.9.7.0/24, 10.200.0.0/24 } "
            + "ip daddr != { 10.8.0.0/14, 10.200.0.0/24, 224.0.0.0/4 } masquerade",
            HostNetwork.MasqueradeRules(network), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_data_directory_has_a_bridge_of_its_own_and_always_the_same()
    {
        var one = CniNetwork.BridgeNameFor("/var/lib/one");
        Assert.Equal(one, CniNetwork.BridgeNameFor("/var/lib/one/"));
        Assert.NotEqual(one, CniNetwork.BridgeNameFor("/var/lib/two"));
        Assert.InRange(one.Length, 1, 15);
    }

    [Theory]
    [InlineData("10.9.0.1/24", "no host bits set")]
    [InlineData("10.9.0.0", "no host bits set")]
    [InlineData("fd00::/64", "is no IPv4 network")]
    [InlineData("10.9.0.0/30", "from 8 to 29")]
    [InlineData("pods", "such as 10.244.0.0/24")]
    public void A_wrong_subnet_is_refused_with_what_is_wrong(string subnet, string complaint)
    {
        var failure = Assert.Throws<NetworkSetupException>(() => (Network with { PodSubnet = subnet }).Check());
        Assert.Contains($"'{subnet}'", failure.Message);
        Assert.Contains(complaint, failure.Message);
    }

    [Fact]
    public void Missing_plugins_are_named_with_the_package_that_has_them()
    {
        var empty = Directory.CreateTempSubdirectory("cni-");
        File.WriteAllText(empty.FullName + "/bridge", "");
        var failure = Assert.Throws<NetworkSetupException>(
            () => (Network with { PluginDirectory = empty.FullName }).Check());
        empty.Delete(recursive: true);
        Assert.Equal(
            $"CNI plugins host-local, portmap, loopback are missing in {empty.FullName}: install the package "
            + "containernetworking-plugins, or set where they are", failure.Message);
    }
}
