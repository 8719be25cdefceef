using ActorOrchestrator.Domain.PodSubnets;

namespace ActorOrchestrator.Agent.Network;

/// <summary>How pods of this machine and of others reach each other.</summary>
public enum NetworkMode
{
    /// <summary>By the machines' own network where they share one, by VXLAN to all others.</summary>
    Auto,

    /// <summary>By the machines' own network, which all have to share.</summary>
    Host,

    /// <summary>By VXLAN, also where machines share a network (one that drops packets of addresses that are not its
    /// own).</summary>
    Vxlan,

    /// <summary>Not by us: routes are somebody else's.</summary>
    None,
}

/// <summary>What a machine's pod network needs to know.</summary>
public sealed record PodNetworkSettings
{
    public required string NodeName { get; init; }

    /// <summary>The machine's addresses, the main one first: by it others reach its pods.</summary>
    public required IReadOnlyList<string> HostIps { get; init; }

    /// <summary>Where what is known of the network is kept (<see cref="PodNetworkState"/>).</summary>
    public required string Directory { get; init; }

    /// <summary>The only subnet that the machine may have; null: one of the cluster's.</summary>
    public Subnet? Fixed { get; init; }

    public NetworkMode Mode { get; init; } = NetworkMode.Auto;

    /// <summary>All machines have the same (RFC 7348, VNI).</summary>
    public int VxlanId { get; init; } = 7946;

    /// <summary>Of UDP, on every machine.</summary>
    public int VxlanPort { get; init; } = 8472;

    /// <summary>Derived from the data directory as the bridge's, for the same reason.</summary>
    public static string DeviceNameFor(string bridge) => "aov" + bridge["ao".Length..];
}
