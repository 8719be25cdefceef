using System.Text.Json;
using System.Text.Json.Serialization;
using ActorOrchestrator.Agent.Containerd;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Groups;

namespace ActorOrchestrator.Agent.Network;

/// <summary>
/// What pod networks change on the machine beside what is theirs alone: the first agent that comes notes how it was,
/// the last one that goes puts it back. In <c>/run</c>, since a boot puts all of it back too; one for each network
/// namespace, since several agents on one machine may have one each:
/// <code>
///   /run/actor-orchestrator/NAMESPACE/before.json    how the machine was
///   /run/actor-orchestrator/NAMESPACE/users/BRIDGE   the directory of an agent that has a network
/// </code>
/// </summary>
internal sealed class MachineRecord
{
    private const string Root = "/run/actor-orchestrator";
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LockWait = TimeSpan.FromSeconds(30);

    private readonly string _directory;
    private readonly TimeProvider _time;

    public MachineRecord(TimeProvider time)
    {
        // "net:[4026531840]"
        var space = new FileInfo("/proc/self/ns/net").LinkTarget
            ?? throw new ContainerRuntimeException(RuntimeErrorKind.Other, "/proc is not mounted");
        _directory = Path.Combine(Root, string.Concat(space.Where(char.IsDigit)));
        _time = time;
    }

    private string BeforePath => Path.Combine(_directory, "before.json");

    private string UsersPath => Path.Combine(_directory, "users");

    /// <summary>Before an agent changes anything. Harmless when it is noted already.</summary>
    public async Task EnterAsync(string bridge, string agentDirectory, CancellationToken cancellation)
    {
        using var held = await LockAsync(cancellation);
        if (!HasUsers())
        {
            var before = await MachineBefore.ReadAsync(cancellation);
            // Renamed into place: half a note would put back half of it.
            await File.WriteAllTextAsync(
                BeforePath + ".new", JsonSerializer.Serialize(before, MachineJson.Default.MachineBefore), cancellation);
            File.Move(BeforePath + ".new", BeforePath, overwrite: true);
        }
        NamespaceMounts.Share();
        Directory.CreateDirectory(UsersPath);
        await File.WriteAllTextAsync(Path.Combine(UsersPath, bridge), agentDirectory, cancellation);
    }

    /// <summary>After an agent has removed what is its own.</summary>
    public async Task LeaveAsync(string bridge, CancellationToken cancellation)
    {
        if (!Directory.Exists(_directory))
        {
            return;
        }

        using (await LockAsync(cancellation))
        {
            if (Directory.Exists(UsersPath))
            {
                File.Delete(Path.Combine(UsersPath, bridge));
            }

            if (HasUsers())
            {
                return;
            }

            if (File.Exists(BeforePath))
            {
                var before = JsonSerializer.Deserialize(
                    await File.ReadAllTextAsync(BeforePath, cancellation), MachineJson.Default.MachineBefore);
                if (before is not null)
                {
                    await before.RestoreAsync(cancellation);
                }
            }
            Directory.Delete(_directory, recursive: true);
        }
        MachineBefore.RemoveEmpty(Root);
    }

    /// <summary>An agent whose directory is gone was removed by hand, and uses nothing any more.</summary>
    private bool HasUsers()
    {
        if (!Directory.Exists(UsersPath))
        {
            return false;
        }

        foreach (var user in Directory.GetFiles(UsersPath))
        {
            if (Directory.Exists(File.ReadAllText(user)))
            {
                return true;
            }

            File.Delete(user);
        }
        return false;
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            Directory.CreateDirectory(_directory);
            var path = Path.Combine(_directory, "lock");
            try
            {
                var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                if (File.Exists(path))
                {
                    return held;
                }

                held.Dispose();
            }
            catch (IOException) when (_time.GetElapsedTime(started) < LockWait)
            {
                // Another agent comes or goes; it may have removed the directory too.
                await Task.Delay(LockPause, _time, cancellation);
            }
        }
    }
}

/// <summary>How the machine was before any agent came.</summary>
/// <param name="IpForward">The value of <c>net.ipv4.ip_forward</c>.</param>
/// <param name="AbsentDirectories">Those that runtimes and CNI plugins make, and that were not there.</param>
/// <param name="AbsentTables">Those of nftables that iptables makes, and that were not there.</param>
/// <param name="HasPortChains">Others have published ports of pods already.</param>
/// <param name="MountsNamespaces">The directory of network namespaces was no mount of its own.</param>
internal sealed record MachineBefore(
    string IpForward, IReadOnlyList<string> AbsentDirectories, IReadOnlyList<string> AbsentTables, bool HasPortChains,
    bool MountsNamespaces)
{
    /// <summary>libcni's results, containerd's network namespaces, its shims' sockets and runc's state. A directory
    /// stands behind what is in it.</summary>
    private static readonly string[] s_directories =
    [
        "/var/lib/cni/results", "/var/lib/cni", NamespaceMounts.Place, "/run/containerd/runc/k8s.io",
        "/run/containerd/runc", ContainerdShims.SocketDirectory, "/run/containerd/fifo", "/run/containerd",
    ];

    public static async Task<MachineBefore> ReadAsync(CancellationToken cancellation)
    {
        var tables = await HostNetwork.ListTablesAsync(cancellation);
        return new MachineBefore(
            (await File.ReadAllTextAsync(HostNetwork.IpForward, cancellation)).Trim(),
            [.. s_directories.Concat(ContainerGroups()).Where(directory => !Directory.Exists(directory))],
            [.. PortChains.Tables.Where(table => !tables.Contains(table))],
            await PortChains.ExistAsync(cancellation),
            MountsNamespaces: !NamespaceMounts.IsShared());
    }

    /// <summary>What others have put into the same places meanwhile stays, and so do the places.</summary>
    public async Task RestoreAsync(CancellationToken cancellation)
    {
        if (!HasPortChains)
        {
            await PortChains.RemoveUnusedAsync(cancellation);
        }

        foreach (var table in AbsentTables)
        {
            await PortChains.RemoveEmptyTableAsync(table, cancellation);
        }

        if (AbsentDirectories.Contains(ContainerdShims.SocketDirectory))
        {
            ContainerdShims.RemoveDeadSockets();
        }

        if (MountsNamespaces)
        {
            NamespaceMounts.Unshare();
        }

        foreach (var directory in AbsentDirectories)
        {
            RemoveEmpty(directory);
        }

        if (IpForward == "0")
        {
            await File.WriteAllTextAsync(HostNetwork.IpForward, IpForward, cancellation);
        }
    }

    /// <summary>rmdir(2), which refuses a directory that is in use: of control groups too, whose files do not
    /// count.</summary>
    public static void RemoveEmpty(string directory)
    {
        try
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory);
            }
        }
        catch (IOException)
        {
            // Others have put something into it.
        }
    }

    /// <summary>The group that containerd puts its containers into, in each hierarchy (cgroup v1) or in the only one
    /// (v2).</summary>
    private static IEnumerable<string> ContainerGroups() =>
        ControlGroups.Hierarchies(ControlGroups.Root)
            .Select(hierarchy => Path.Combine(hierarchy, ControlGroups.OfContainers));
}

[JsonSerializable(typeof(MachineBefore))]
internal sealed partial class MachineJson : JsonSerializerContext;
