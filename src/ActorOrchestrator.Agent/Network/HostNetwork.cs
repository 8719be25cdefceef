using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Agent.Network;

/// <summary>
/// What the pod network needs of the machine itself: forwarding, and one nftables table of its own that lets pods
/// reach other networks by the machine's address.
/// </summary>
internal static class HostNetwork
{
    public const string IpForward = "/proc/sys/net/ipv4/ip_forward";
    private const string ConfigurationFile = "10-pods.conflist";

    /// <exception cref="NetworkSetupException">The machine does not let itself be prepared.</exception>
    public static async Task PrepareAsync(CniNetwork network, CancellationToken cancellation)
    {
        EnableForwarding();
        if (network.PodSubnet is not null)
        {
            await RunAsync("nft", ["-f", "-"], MasqueradeRules(network), cancellation);
        }
    }

    /// <summary>Removes the table, the bridge and the record of addresses; what is gone already is no error.</summary>
    public static async Task RemoveAsync(CniNetwork network, CancellationToken cancellation)
    {
        // Declaring the table first makes deleting it harmless where it is gone.
        var table = $"table ip {network.BridgeName}";
        await RunAsync("nft", ["-f", "-"], $"{table}\ndelete {table}\n", cancellation);
        if (DeviceExists(network.BridgeName))
        {
            await RunAsync("ip", ["link", "delete", network.BridgeName], "", cancellation);
        }

        if (Directory.Exists(network.StateDirectory))
        {
            Directory.Delete(network.StateDirectory, recursive: true);
        }
    }

    /// <summary>Writes the network's configuration; containerd reads the directory again when it changes.</summary>
    public static void WriteConfiguration(CniNetwork network, string directory)
    {
        if (network.PodSubnet is null)
        {
            return;
        }

        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, ConfigurationFile);
        var text = network.Conflist();
        if (File.Exists(path) && File.ReadAllText(path) == text)
        {
            return;
        }

        // Renamed into place, so that containerd never reads half a file.
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>In this process' network namespace; /sys shows that of whoever mounted it.</summary>
    public static bool DeviceExists(string name) => File.ReadLines("/proc/self/net/dev")
        .Any(line => line.TrimStart().StartsWith($"{name}:", StringComparison.Ordinal));

    /// <summary>What a program of iproute2 prints in JSON: an object each line that it would print otherwise.</summary>
    /// <exception cref="NetworkSetupException">It failed.</exception>
    public static async Task<List<JsonObject>> ListAsync(
        string command, string[] arguments, CancellationToken cancellation)
    {
        var text = await RunAsync(command, arguments, "", cancellation);
        return string.IsNullOrWhiteSpace(text)
            ? []
            : [.. JsonNode.Parse(text)!.AsArray().OfType<JsonObject>().Where(one => one.Count > 0)];
    }

    /// <summary>The bridge that a directory's configuration names; null where there is none.</summary>
    public static string? ConfiguredBridge(string directory) => (string?)Configuration(directory)?["name"];

    /// <summary>The pods' subnet that it names; null where there is none.</summary>
    public static string? ConfiguredSubnet(string directory) =>
        (string?)Configuration(directory)?["plugins"]?[0]?["ipam"]?["ranges"]?[0]?[0]?["subnet"];

    /// <summary>The tables of nftables, as <c>family name</c>.</summary>
    public static async Task<IReadOnlyList<string>> ListTablesAsync(CancellationToken cancellation) =>
        [.. (await RunAsync("nft", ["list", "tables"], "", cancellation))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line["table ".Length..].Trim())];

    /// <summary>
    /// As nft reads it, in one transaction: the table is declared (or is there), emptied, and filled anew. Traffic
    /// among pods, of other machines too, and multicast keep the pod's address.
    /// </summary>
    internal static string MasqueradeRules(CniNetwork network) => $$"""
        table ip {{network.BridgeName}}
        delete table ip {{network.BridgeName}}
        table ip {{network.BridgeName}} {
          chain postrouting {
            type nat hook postrouting priority srcnat; policy accept;
            ip saddr { {{Own(network)}} } ip daddr != { {{Pods(network)}}, 224.0.0.0/4 } masquerade
          }
        }

        """;

    private static string Own(CniNetwork network) => Pods(network with { ClusterCidr = null });

    private static string Pods(CniNetwork network) => string.Join(", ", network.Inside());

    private static JsonNode? Configuration(string directory)
    {
        var path = Path.Combine(directory, ConfigurationFile);
        return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) : null;
    }

    private static void EnableForwarding()
    {
        try
        {
            if (File.ReadAllText(IpForward).Trim() == "1")
            {
                return;
            }

            File.WriteAllText(IpForward, "1");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new NetworkSetupException(
                $"IP forwarding is off and could not be turned on ({FailureWords.Of(refused)}); pods would reach "
                + "nothing outside this machine. Run as root, or set net.ipv4.ip_forward=1", refused);
        }
    }

    /// <returns>What it prints.</returns>
    /// <exception cref="NetworkSetupException">It fails, or is not there.</exception>
    public static async Task<string> RunAsync(
        string command, string[] arguments, string input, CancellationToken cancellation)
    {
        using var process = Start(command, arguments);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            throw new NetworkSetupException($"{command} {string.Join(' ', arguments)} failed: {(await error).Trim()}");
        }

        return await output;
    }

    private static Process Start(string command, string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start) ?? throw new NetworkSetupException($"{command} could not be started");
        }
        catch (Win32Exception missing)
        {
            throw new NetworkSetupException(
                $"{command} could not be started ({missing.Message}): install the packages nftables, iptables and "
                + "iproute2",
                missing);
        }
    }
}
