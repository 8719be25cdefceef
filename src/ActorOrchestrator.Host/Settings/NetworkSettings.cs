using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Domain.PodSubnets;
using ActorOrchestrator.Host.Hocon;

namespace ActorOrchestrator.Host.Settings;

/// <summary>The network of all machines' pods: the block <c>network</c>, and <c>node.pod-subnet</c>.</summary>
internal sealed record NetworkSettings
{
    private const int VxlanIdMax = (1 << 24) - 1;
    private const int PortMax = 65535;

    private static readonly Subnet s_multicast = Subnet.Parse("224.0.0.0/3");
    private static readonly Subnet s_loopback = Subnet.Parse("127.0.0.0/8");

    public required SubnetSettings Subnets { get; init; }
    public required NetworkMode Mode { get; init; }
    public required int VxlanId { get; init; }
    public required int VxlanPort { get; init; }

    /// <summary>The only one that this machine's pods may have; null: one of the cluster's.</summary>
    public required Subnet? Fixed { get; init; }

    public static NetworkSettings From(HoconReader reader)
    {
        var cluster = Network(reader, "network.cluster-cidr");
        var prefix = reader.Int("network.node-prefix", min: 8);
        return new NetworkSettings
        {
            Subnets = new SubnetSettings(cluster, PrefixOf(cluster, prefix))
            {
                ReuseAfter = reader.Duration("network.subnet-reuse-after"),
            },
            Mode = reader.Text("network.mode") switch
            {
                "auto" => NetworkMode.Auto,
                "host" => NetworkMode.Host,
                "vxlan" => NetworkMode.Vxlan,
                "none" => NetworkMode.None,
                _ => throw new SettingsException("network.mode: none of auto, host, vxlan, none"),
            },
            VxlanId = Bounded(reader, "network.vxlan-id", VxlanIdMax),
            VxlanPort = Bounded(reader, "network.vxlan-port", PortMax),
            Fixed = reader.Text("node.pod-subnet").Length == 0 ? null : Fixed(reader),
        };

        static Subnet Fixed(HoconReader reader) => CniNetwork.Complaint(reader.Text("node.pod-subnet")) is { } complaint
            ? throw new SettingsException($"node.pod-subnet: \"{reader.Text("node.pod-subnet")}\" {complaint}")
            : Subnet.Parse(reader.Text("node.pod-subnet"));
    }

    private static Subnet Network(HoconReader reader, string path)
    {
        var text = reader.Text(path);
        return !Subnet.TryParse(text, out var subnet)
            ? throw new SettingsException(
                $"{path}: \"{text}\" is no IPv4 network in CIDR form, such as 10.244.0.0/16 (no host bits set)")
            : subnet.Overlaps(s_multicast) || subnet.Overlaps(s_loopback)
                ? throw new SettingsException($"{path}: {text} contains addresses that no pod can have")
            : subnet;
    }

    /// <summary>As kube-controller-manager bounds --node-cidr-mask-size.</summary>
    private static int PrefixOf(Subnet cluster, int prefix) => prefix < cluster.Prefix || prefix > 29
        ? throw new SettingsException(
            $"network.node-prefix: {prefix} is not from {cluster.Prefix} (that of network.cluster-cidr) to 29")
        : prefix - cluster.Prefix > SubnetSettings.PartBitsMax
            ? throw new SettingsException(
                $"network.node-prefix: {prefix} makes more than {1 << SubnetSettings.PartBitsMax} subnets of {cluster}")
        : prefix;

    private static int Bounded(HoconReader reader, string path, int max) => reader.Int(path, min: 1) is var value
        && value <= max
        ? value
        : throw new SettingsException($"{path}: greater than {max}");
}
