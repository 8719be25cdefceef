namespace ActorOrchestrator.Agent.Network;

/// <summary>What the pod network needs of the machine itself.</summary>
internal static class HostNetwork
{
    private const string IpForward = "/proc/sys/net/ipv4/ip_forward";

    /// <exception cref="NetworkSetupException">Forwarding is off and may not be turned on.</exception>
    public static void EnableForwarding()
    {
        try
        {
            if (File.ReadAllText(IpForward).Trim() == "1") return;
            File.WriteAllText(IpForward, "1");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new NetworkSetupException(
                $"IP forwarding is off and could not be turned on ({refused.Message}); pods would reach nothing "
                + "outside this machine. Run as root, or set net.ipv4.ip_forward=1", refused);
        }
    }

    /// <summary>Writes the network's configuration; containerd reads the directory again when it changes.</summary>
    public static void WriteConfiguration(CniNetwork network, string directory)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "10-pods.conflist");
        var text = network.Conflist();
        if (File.Exists(path) && File.ReadAllText(path) == text) return;
        // Renamed into place, so that containerd never reads half a file.
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    public static bool BridgeExists(string name) => Directory.Exists(Path.Combine("/sys/class/net", name));
}
