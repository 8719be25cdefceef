using System.Globalization;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Agent.Volumes;

namespace ActorOrchestrator.Agent.Containerd;

/// <summary>What containerd has on the machine: its configuration, log, mounts, bridge and directory.</summary>
internal static class ContainerdFiles
{
    private const long LogBytesMax = 10 * 1024 * 1024;
    private const int LogTailLines = 10;
    private const int CapSysResource = 24;

    /// <summary>The longest path of a Unix socket (unix(7), sun_path), less containerd's suffix ".ttrpc".</summary>
    private const int SocketPathMax = 107 - 6;

    /// <returns>True if config.toml was there with another content: a running containerd has to read it.</returns>
    /// <exception cref="ContainerRuntimeException">The directory's path is too long for a socket in it.</exception>
    public static bool Write(ContainerdSettings settings)
    {
        if (settings.SocketPath.Length > SocketPathMax)
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.InvalidArgument,
                $"{settings.SocketPath} is longer than the {SocketPathMax} characters that a socket's path may have: "
                + "choose a shorter data directory");
        }
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("containerd's namespaces need Linux");
        }

        Directory.CreateDirectory(
            settings.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        HostNetwork.WriteConfiguration(settings.Network, settings.CniDirectory);
        // A registry that is no longer set must not be left behind.
        if (Directory.Exists(settings.RegistryDirectory))
        {
            Directory.Delete(settings.RegistryDirectory, recursive: true);
        }

        Directory.CreateDirectory(settings.RegistryDirectory);
        foreach (var registry in settings.Registries)
        {
            var directory = Directory.CreateDirectory(Path.Combine(settings.RegistryDirectory, registry.Host));
            File.WriteAllText(Path.Combine(directory.FullName, "hosts.toml"), ContainerdConfig.RenderHosts(registry));
        }

        var text = ContainerdConfig.Render(settings, restrictOomScoreAdj: !HasCapability(CapSysResource));
        var before = File.Exists(settings.ConfigPath) ? File.ReadAllText(settings.ConfigPath) : null;
        if (before == text)
        {
            return false;
        }

        File.WriteAllText(settings.ConfigPath + ".new", text);
        File.Move(settings.ConfigPath + ".new", settings.ConfigPath, overwrite: true);
        return before is not null;
    }

    /// <summary>containerd logs warnings only, so one old file is enough.</summary>
    public static void RotateLog(string path)
    {
        if (File.Exists(path) && new FileInfo(path).Length > LogBytesMax)
        {
            File.Move(path, path + ".1", overwrite: true);
        }
    }

    public static string LogTail(string path) =>
        File.Exists(path) ? string.Join('\n', File.ReadLines(path).TakeLast(LogTailLines)) : "(there is no log)";

    /// <summary>Unmounts what is mounted below the directory, removes the bridge and the ways to other machines' pods,
    /// then the directory.</summary>
    public static async Task RemoveAsync(ContainerdSettings settings, CancellationToken cancellation)
    {
        await PodNetwork.RemoveAsync(
            settings.Network.BridgeName, settings.Directory, settings.CniDirectory, cancellation);
        await HostNetwork.RemoveAsync(settings.Network, cancellation);
        MountedTree.Delete(settings.Directory);
    }

    /// <summary>Whether this process, and so its children, have a capability (proc(5), CapEff).</summary>
    private static bool HasCapability(int number)
    {
        var line = File.ReadLines("/proc/self/status")
            .FirstOrDefault(each => each.StartsWith("CapEff:", StringComparison.Ordinal));
        return line is not null
            && (ulong.Parse(line["CapEff:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                & (1UL << number)) != 0;
    }
}
