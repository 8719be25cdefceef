using System.Globalization;
using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Agent.Groups;

/// <summary>
/// Pods' groups in the file systems of Linux, cgroup v1 or v2:
/// <code>
///   k8s.io/                  containerd's, with the groups of containers whose pods have none
///     podUID/                cpu.shares, cpu.cfs_quota_us, memory.limit_in_bytes; v2: cpu.weight, cpu.max, memory.max
///       CONTAINER/           the runtime's
/// </code>
/// They stand beside those of other pods' containers, so that the shares of all are compared with each other.
/// In the hierarchies of other controllers the runtime makes them. A pod's directory is made before its group: whoever
/// finds the one after a crash knows that there may be the other.
/// </summary>
/// <param name="podsDirectory">Where the pods' directories are.</param>
/// <param name="root">Where control groups are mounted.</param>
public sealed class LinuxPodGroups(string podsDirectory, string root = ControlGroups.Root) : IPodGroups
{
    private const long SharesMin = 2;
    private const long SharesMax = 262_144;
    private const long WeightMax = 10_000;

    public bool AlertAllContainers { get; } = !ControlGroups.AreUnified(root);

    public string Prepare(string uid, ResourceConfig resources)
    {
        try
        {
            Directory.CreateDirectory(Path.Combine(podsDirectory, uid), OpenPaths.Private);
            if (ControlGroups.AreUnified(root))
            {
                PrepareUnified(uid, resources);
            }
            else
            {
                PrepareByController(uid, resources);
            }
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new ContainerConfigException($"failed to make the pod's control group: {FailureWords.Of(failed)}");
        }

        return $"/{PathOf(uid)}";
    }

    public void Remove(string uid)
    {
        foreach (var hierarchy in ControlGroups.Hierarchies(root))
        {
            ControlGroups.Remove(Path.Combine(hierarchy, PathOf(uid)));
        }
    }

    /// <summary>For those who end all containers of a data directory.</summary>
    public void RemoveAll()
    {
        foreach (var pod in Directory.Exists(podsDirectory) ? Directory.EnumerateDirectories(podsDirectory) : [])
        {
            Remove(Path.GetFileName(pod));
        }
    }

    internal static string PathOf(string uid) => $"{ControlGroups.OfContainers}/pod{uid}";

    private void PrepareByController(string uid, ResourceConfig resources)
    {
        var cpu = MakeIn("cpu", uid);
        Write(cpu, "cpu.shares", resources.CpuShares);
        Write(cpu, "cpu.cfs_period_us", resources.CpuPeriod);
        Write(cpu, "cpu.cfs_quota_us", resources.CpuQuota == 0 ? -1 : resources.CpuQuota);
        if (resources.MemoryLimitBytes == 0)
        {
            return;
        }

        var memory = MakeIn("memory", uid);
        CountChildren(memory);
        Write(memory, "memory.limit_in_bytes", resources.MemoryLimitBytes);
    }

    private string MakeIn(string controller, string uid)
    {
        var hierarchy = Path.Combine(root, controller);
        return Directory.Exists(hierarchy)
            ? Directory.CreateDirectory(Path.Combine(hierarchy, PathOf(uid))).FullName
            : throw new IOException($"the machine has no control groups of the controller {controller} ({hierarchy})");
    }

    /// <summary>Before Linux 5.11 a group counts what its children take only when it is told to.</summary>
    private static void CountChildren(string memory)
    {
        var file = Path.Combine(memory, "memory.use_hierarchy");
        if (File.Exists(file) && File.ReadAllText(file).Trim() == "0")
        {
            Write(memory, "memory.use_hierarchy", 1);
        }
    }

    private void PrepareUnified(string uid, ResourceConfig resources)
    {
        string[] controllers = resources.MemoryLimitBytes == 0 ? ["cpu"] : ["cpu", "memory"];
        var containers = Directory.CreateDirectory(Path.Combine(root, ControlGroups.OfContainers)).FullName;
        HandDown(root, controllers);
        HandDown(containers, controllers);
        var group = Directory.CreateDirectory(Path.Combine(root, PathOf(uid))).FullName;
        var quota = resources.CpuQuota == 0 ? "max" : Number(resources.CpuQuota);
        Write(group, "cpu.weight", Weight(resources.CpuShares));
        Write(group, "cpu.max", $"{quota} {Number(resources.CpuPeriod)}");
        if (resources.MemoryLimitBytes != 0)
        {
            Write(group, "memory.max", resources.MemoryLimitBytes);
        }
    }

    /// <summary>A group's children have the controllers that it hands down to them.</summary>
    private static void HandDown(string group, string[] controllers)
    {
        const string file = "cgroup.subtree_control";
        var had = File.ReadAllText(Path.Combine(group, file)).Split((char[])[' ', '\n']);
        foreach (var missing in controllers.Except(had))
        {
            Write(group, file, $"+{missing}");
        }
    }

    /// <summary>2 to 262,144 shares as a weight of 1 to 10,000, as kubelet and runc have it.</summary>
    private static long Weight(long shares) =>
        1 + ((Math.Clamp(shares, SharesMin, SharesMax) - SharesMin) * (WeightMax - 1) / (SharesMax - SharesMin));

    private static void Write(string group, string file, long value) => Write(group, file, Number(value));

    /// <summary>Never makes the file: one that is missing belongs to a controller that the machine has not.</summary>
    private static void Write(string group, string file, string text)
    {
        using var stream = new FileStream(
            Path.Combine(group, file), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
