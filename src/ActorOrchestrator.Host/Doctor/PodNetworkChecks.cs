using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Doctor;

/// <summary>The subnet of the machine's pods.</summary>
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
        if (settings.Node is not { Runtime: "cri", CriEndpoint: "" })
        {
            yield break;
        }

        var network = new CniNetwork
        {
            PodSubnet = settings.Node.PodSubnet,
            PluginDirectory = settings.Node.CniPlugins,
            BridgeName = CniNetwork.BridgeNameFor(settings.DataDirectory),
            StateDirectory = "",
        };
        if (Refusal(network) is { } refusal)
        {
            yield return Finding.Fault(
                Area, refusal, "apt-get install containernetworking-plugins, or correct node.pod-subnet");
            yield break;
        }

        var others = Overlapping(
            await File.ReadAllTextAsync(Routes, cancellation), IPNetwork.Parse(network.PodSubnet), network.BridgeName);
        yield return others.Count == 0
            ? Finding.Good(Area, $"{network.PodSubnet} is nobody else's")
            : Finding.Warning(
                Area,
                $"{network.PodSubnet} is part of what this machine reaches elsewhere: {string.Join(", ", others)}",
                "set node.pod-subnet to another one: pods would not reach those machines");
    }

    /// <summary>The routes, but for the default one and the pods' own, that lead to some of a subnet's
    /// addresses.</summary>
    public static IReadOnlyList<string> Overlapping(string routes, IPNetwork subnet, string bridge)
    {
        var found = new List<string>();
        foreach (var line in routes.Split('\n').Skip(1))
        {
            if (line.Split('\t') is [var device, var destination, _, _, _, _, _, var mask, ..]
                && device != bridge && Number(mask) is { } bits and not 0 && Number(destination) is { } start)
            {
                var prefix = System.Numerics.BitOperations.PopCount(bits);
                var route = new IPNetwork(new IPAddress(BitConverter.GetBytes(start)), prefix);
                if (route.Contains(subnet.BaseAddress) || subnet.Contains(route.BaseAddress))
                {
                    found.Add($"{route} ({device})");
                }
            }
        }

        return found;
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
