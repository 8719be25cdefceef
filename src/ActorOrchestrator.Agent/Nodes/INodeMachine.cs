namespace ActorOrchestrator.Agent.Nodes;

/// <summary>What a machine is; unchanged while the agent runs.</summary>
public sealed record MachineFacts
{
    public required long MilliCpu { get; init; }
    public required long MemoryBytes { get; init; }
    public required long DiskBytes { get; init; }
    public string MachineId { get; init; } = "";
    public string SystemUuid { get; init; } = "";
    public string BootId { get; init; } = "";
    public string KernelVersion { get; init; } = "";
    public string OsImage { get; init; } = "";

    /// <summary>In Go's words: amd64, arm64.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>The kernel confines processes by AppArmor's profiles.</summary>
    public bool HasAppArmor { get; init; }
}

/// <summary>How much there is of something, and how much of it is to be had.</summary>
/// <param name="Available">What is free.</param>
/// <param name="Capacity">All of it; 0 where there is no bound.</param>
public readonly record struct Supply(long Available, long Capacity)
{
    /// <summary>1 where there is no bound.</summary>
    public double FreeFraction => Capacity == 0 ? 1 : (double)Available / Capacity;
}

/// <summary>How much of a file system is free now.</summary>
/// <param name="Bytes">Its room.</param>
/// <param name="Inodes">Its files.</param>
/// <param name="Device">Which file system it is.</param>
public sealed record FileSystemLoad(Supply Bytes, Supply Inodes, ulong Device = 0);

/// <summary>How much of the machine is free now; <paramref name="Disk"/> is the one that holds pods' volumes and
/// logs.</summary>
public sealed record MachineLoad(Supply Memory, FileSystemLoad Disk, Supply Pids);

/// <summary>The machine that the agent runs on.</summary>
public interface INodeMachine
{
    MachineFacts Facts();

    MachineLoad Load();

    /// <summary>The file system that a directory is on.</summary>
    FileSystemLoad FileSystem(string directory);

    /// <summary>How many processes run in each of these containers (ids).</summary>
    IReadOnlyDictionary<string, long> ProcessesOf(IReadOnlyCollection<string> containers);
}
