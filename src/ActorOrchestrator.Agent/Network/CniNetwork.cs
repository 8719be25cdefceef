using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ActorOrchestrator.Agent.Containerd;
using ActorOrchestrator.Domain.PodSubnets;

namespace ActorOrchestrator.Agent.Network;

/// <summary>One machine's pod network: a bridge with addresses from a subnet, by the CNI reference plugins.</summary>
public sealed record CniNetwork
{
    private static readonly string[] Plugins = ["bridge", "host-local", "portmap", "loopback"];

    /// <summary>IPv4 in CIDR form; the first address becomes the bridge's, which is the pods' gateway. Null: the
    /// cluster has not given the machine one yet, and pods get no network.</summary>
    public string? PodSubnet { get; init; }

    /// <summary>That of the pods of all machines, which see each other by their own addresses; null: it is not
    /// known.</summary>
    public string? ClusterCidr { get; init; }

    /// <summary>Those that the machine had before, which pods that still run may have addresses of.</summary>
    public IReadOnlyList<string> Former { get; init; } = [];

    /// <summary>At most 15 characters (IFNAMSIZ). See <see cref="BridgeNameFor"/>.</summary>
    public required string BridgeName { get; init; }

    /// <summary>Where the CNI plugins are; Debian's containernetworking-plugins has them here.</summary>
    public string PluginDirectory { get; init; } = "/usr/lib/cni";

    /// <summary>Where host-local keeps the addresses that are given out.</summary>
    public required string StateDirectory { get; init; }

    public int Mtu { get; init; } = 1500;

    /// <summary>
    /// Derived from the data directory, so that several agents on one machine get a bridge each, and the same one
    /// again after a restart.
    /// </summary>
    public static string BridgeNameFor(string dataDirectory)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(Path.TrimEndingDirectorySeparator(dataDirectory)));
        return "ao-" + Convert.ToHexStringLower(hash.AsSpan(0, 4));
    }

    /// <summary>The bridge that the configuration of a containerd names; null where there is none.</summary>
    public static string? ConfiguredBridge(string containerdDirectory) =>
        HostNetwork.ConfiguredBridge(Path.Combine(containerdDirectory, ContainerdSettings.CniName));

    /// <exception cref="NetworkSetupException">The subnet, the bridge's name or the plugins will not do.</exception>
    public void Check()
    {
        if (PodSubnet is not null && Complaint(PodSubnet) is { } complaint)
        {
            throw new NetworkSetupException($"pod subnet '{PodSubnet}' {complaint}");
        }

        if (BridgeName.Length is 0 or > 15)
        {
            throw new NetworkSetupException($"bridge name '{BridgeName}' must have 1 to 15 characters");
        }

        var missing = Plugins.Where(plugin => !File.Exists(Path.Combine(PluginDirectory, plugin))).ToList();
        if (missing.Count > 0)
        {
            throw new NetworkSetupException(
                $"CNI plugins {string.Join(", ", missing)} are missing in {PluginDirectory}: install the package "
                + "containernetworking-plugins, or set where they are");
        }
    }

    /// <returns>Why pods cannot have addresses from it; null when they can.</returns>
    public static string? Complaint(string subnet) => !Subnet.TryParse(subnet, out var parsed)
        ? "is no IPv4 network in CIDR form, such as 10.244.0.0/24 (no host bits set)"
        : parsed.Prefix is < 8 or > 29 ? "has a prefix length that is not from 8 to 29"
        : null;

    /// <summary>Networks that pods reach under their own addresses: they overlap nowhere.</summary>
    internal IReadOnlyList<Subnet> Inside()
    {
        var all = Former.Append(PodSubnet).Append(ClusterCidr).OfType<string>().Select(Subnet.Parse).Distinct()
            .ToList();
        return [.. all.Where(one => !all.Any(other => other != one && other.Contains(one))).Order()];
    }

    /// <summary>A CNI 0.4.0 network configuration list (CNI SPEC, "Network configuration lists").</summary>
    public string Conflist() => new JsonObject
    {
        ["cniVersion"] = "0.4.0",
        ["name"] = BridgeName,
        ["plugins"] = new JsonArray(
            new JsonObject
            {
                ["type"] = "bridge",
                ["bridge"] = BridgeName,
                ["isGateway"] = true,
                // The machine has one rule for the whole subnet (HostNetwork): the plugin's own, several calls of
                // iptables for each pod, make up a third of the time that a pod's network takes.
                ["ipMasq"] = false,
                // A pod may reach itself through its own Service.
                ["hairpinMode"] = true,
                ["mtu"] = Mtu,
                ["ipam"] = new JsonObject
                {
                    ["type"] = "host-local",
                    ["dataDir"] = StateDirectory,
                    ["ranges"] = new JsonArray(new JsonArray(new JsonObject { ["subnet"] = PodSubnet })),
                    ["routes"] = new JsonArray(new JsonObject { ["dst"] = "0.0.0.0/0" }),
                },
            },
            new JsonObject
            {
                ["type"] = "portmap",
                ["capabilities"] = new JsonObject { ["portMappings"] = true },
            }),
    }.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
}

/// <summary>The machine cannot be given a pod network; the message says what to do.</summary>
public sealed class NetworkSetupException(string message, Exception? inner = null) : Exception(message, inner);
