using ActorOrchestrator.Agent.Nodes;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>What an agent reads of its machine.</summary>
public sealed class SimulatedMachine(string host, long milliCpu = 8_000, long memoryBytes = 32L << 30) : INodeMachine
{
    private const long DiskBytes = 200L << 30;

    private int _boots = 1;

    /// <summary>Set to put the node under pressure.</summary>
    public MachineLoad Current { get; set; } = new(
        new Supply(memoryBytes / 2, memoryBytes), Disk(usedPercent: 50), new Supply(1 << 15, 1 << 16));

    /// <summary>So much of its disk is in use, whatever is removed.</summary>
    public void UseDisk(int percent) => Current = Current with { Disk = Disk(percent) };

    /// <summary>The machine starts anew, which shows in its boot id.</summary>
    public void Reboot() => _boots++;

    public MachineFacts Facts() => new()
    {
        MilliCpu = milliCpu,
        MemoryBytes = memoryBytes,
        DiskBytes = DiskBytes,
        MachineId = host,
        SystemUuid = host,
        BootId = $"{host}-boot-{_boots}",
        KernelVersion = "6.12.0-simulated",
        OsImage = "Simulated Linux",
        Architecture = "amd64",
    };

    public MachineLoad Load() => Current;

    public FileSystemLoad FileSystem(string directory) => Current.Disk;

    /// <summary>Simulated containers have one each.</summary>
    public IReadOnlyDictionary<string, long> ProcessesOf(IReadOnlyCollection<string> containers) =>
        containers.ToDictionary(id => id, _ => 1L);

    private static FileSystemLoad Disk(int usedPercent) =>
        new(new Supply(DiskBytes / 100 * (100 - usedPercent), DiskBytes), new Supply(1 << 20, 2 << 20));
}
