using ActorOrchestrator.Agent.Nodes;

namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>What a machine may run short of (kubelet's eviction signals), in the order in which it is given
/// back.</summary>
public enum Signal
{
    MemoryAvailable, NodefsAvailable, NodefsInodesFree, ImagefsAvailable, ImagefsInodesFree, PidAvailable,
}

/// <summary>How much there is of each, as far as it has a bound.</summary>
/// <param name="Supplies">By signal.</param>
/// <param name="HasImageDisk">Images are on another file system than pods' volumes and logs.</param>
public sealed record Levels(IReadOnlyDictionary<Signal, Supply> Supplies, bool HasImageDisk)
{
    public static Levels Of(MachineLoad load, FileSystemLoad? images)
    {
        var supplies = new Dictionary<Signal, Supply>
        {
            [Signal.MemoryAvailable] = load.Memory,
            [Signal.NodefsAvailable] = load.Disk.Bytes,
            [Signal.NodefsInodesFree] = load.Disk.Inodes,
            [Signal.PidAvailable] = load.Pids,
        };
        if (images is not null)
        {
            supplies[Signal.ImagefsAvailable] = images.Bytes;
            supplies[Signal.ImagefsInodesFree] = images.Inodes;
        }

        return new Levels(
            supplies.Where(each => each.Value.Capacity > 0).ToDictionary(), images is not null
                && images.Device != load.Disk.Device);
    }
}

/// <summary>What kubelet calls a signal's resource and the node's condition.</summary>
public static class Signals
{
    public const string MemoryPressure = "MemoryPressure";
    public const string DiskPressure = "DiskPressure";
    public const string PidPressure = "PIDPressure";

    public static bool IsDisk(this Signal signal) => signal.ConditionOf() == DiskPressure;

    public static bool IsOfImages(this Signal signal) => signal is Signal.ImagefsAvailable or Signal.ImagefsInodesFree;

    public static string ConditionOf(this Signal signal) => signal switch
    {
        Signal.MemoryAvailable => MemoryPressure,
        Signal.PidAvailable => PidPressure,
        _ => DiskPressure,
    };

    public static string ResourceOf(this Signal signal) => signal switch
    {
        Signal.MemoryAvailable => "memory",
        Signal.PidAvailable => "pids",
        Signal.NodefsInodesFree or Signal.ImagefsInodesFree => "inodes",
        _ => "ephemeral-storage",
    };
}
