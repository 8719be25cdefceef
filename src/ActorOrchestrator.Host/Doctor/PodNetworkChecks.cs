using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Api;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Doctor;

/// <summary>The network of all machines' pods.</summary>
internal static class PodNetworkChecks
{
    private const string Area = "pod network";

    /// <summary>The main table's IPv4 routes, a line each, in columns: Iface, Destination, Gateway, Flags, RefCnt, Use,
    /// Metric, Mask … Addresses are hexadecimal numbers in the machine's own byte order.</summary>
    private const string Routes = "/proc/net/route";

    public static async IAsyncEnumerable<Finding> OfAsync(
        ServerSettings settings,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!settings.Node.OwnsContainerd)
        {
            yield break;
        }

        if (OwnAddress(settings.Node) is { } taken)
        {
            yield return Finding.Fault(
                Area, taken, "set network.cluster-cidr to a range that no machine and nothing they reach has");
        }

        var network = new CniNetwork
        {
            PluginDirectory = settings.Node.CniPlugins,
            BridgeName = CniNetwork.BridgeNameFor(settings.DataDirectory),
            StateDirectory = "",
        };
        if (Refusal(network) is { } refusal)
        {
            yield return Finding.Fault(
                Area, refusal, "apt-get install containernetworking-plugins, or correct node.cni-plugins");
            yield break;
        }

        var tunnel = PodNetworkSettings.DeviceNameFor(network.BridgeName);
        var ours = settings.Node.Network;
        yield return Overlap(
            await File.ReadAllTextAsync(Routes, cancellation), $"{ours.Subnets.Cluster}", "network.cluster-cidr",
            [network.BridgeName, tunnel, .. await PodNetwork.RoutedAsync(cancellation)]);
        if (ours.Fixed is { } only && !ours.Subnets.Cluster.Contains(only))
        {
            yield return Overlap(
                await File.ReadAllTextAsync(Routes, cancellation), $"{only}", "node.pod-subnet",
                [network.BridgeName, tunnel]);
        }

        if (ours.Mode is NetworkMode.Auto or NetworkMode.Vxlan)
        {
            yield return OfPort(ours.VxlanPort, isOurs: PodNetwork.HasDevice(tunnel));
        }

        if (await PodNetwork.DropsForwardedAsync(cancellation))
        {
            yield return Finding.Warning(
                Area, "a firewall of this machine drops what is forwarded unless a rule accepts it (nft list chains)",
                $"have it accept what comes from, and goes to, {ours.Subnets.Cluster}: pods reach nothing else");
        }
    }

    /// <summary>Binds the VXLAN's port for a moment.</summary>
    public static Finding OfPort(int port, bool isOurs)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return Finding.Good(
                Area, $"UDP port {port} is free (network.vxlan-port); it has to be open to other machines");
        }
        catch (SocketException) when (isOurs)
        {
            return Finding.Good(Area, $"UDP port {port} is used by the tunnel of this data directory");
        }
        catch (SocketException taken)
        {
            return Finding.Warning(
                Area, $"UDP port {port} cannot be listened on: {FailureWords.Of(taken)}",
                "set network.vxlan-port to another one on all machines, or network.mode = host: pods of machines "
                + "behind routers are not reached");
        }
    }

    private static Finding Overlap(string routes, string subnet, string key, string[] own)
    {
        var others = Overlapping(routes, IPNetwork.Parse(subnet), own);
        return others.Count == 0
            ? Finding.Good(Area, $"{subnet} is nobody else's ({key})")
            : Finding.Warning(
                Area, $"{subnet} is part of what this machine reaches elsewhere: {string.Join(", ", others)}",
                $"set {key} to another one: pods would not reach those machines");
    }

    /// <summary>The routes, but for the default one, that lead to some of a subnet's addresses.</summary>
    /// <param name="routes">All of them.</param>
    /// <param name="subnet">The pods'.</param>
    /// <param name="own">What is ours: interfaces, and networks.</param>
    public static IReadOnlyList<string> Overlapping(string routes, IPNetwork subnet, params string[] own)
    {
        var found = new List<string>();
        foreach (var line in routes.Split('\n').Skip(1))
        {
            if (line.Split('\t') is [var device, var destination, _, _, _, _, _, var mask, ..]
                && !own.Contains(device) && Number(mask) is { } bits and not 0 && Number(destination) is { } start)
            {
                var prefix = System.Numerics.BitOperations.PopCount(bits);
                var route = new IPNetwork(new IPAddress(BitConverter.GetBytes(start)), prefix);
                if (!own.Contains($"{route}")
                    && (route.Contains(subnet.BaseAddress) || subnet.Contains(route.BaseAddress)))
                {
                    found.Add($"{route} ({device})");
                }
            }
        }

        return found;
    }

    private static string? OwnAddress(MachineSettings node)
    {
        try
        {
            NodeService.RefuseOverlap(node);
            return null;
        }
        catch (ServerStartException refusal)
        {
            return refusal.Message;
        }
    }

    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Refusal(CniNetwork network)
    {
        try
        {
            network.Check();
            return null;
        }
        catch (NetworkSetupException refusal)
        {
            return refusal.Message;
        }
    }
}
