using ActorOrchestrator.Agent.Nodes;

namespace ActorOrchestrator.Agent.Tests.Nodes;

/// <summary>A machine with as much free as the test says.</summary>
internal sealed class FakeMachine : INodeMachine
{
    private const long GiB = 1L << 30;

    public MachineLoad Current { get; set; } = new(
        new Supply(4 * GiB, 8 * GiB), new FileSystemLoad(new Supply(50 * GiB, 100 * GiB), new Supply(500, 1000)),
        new Supply(16_000, 32_000));

    /// <summary>Where images are; the same as <see cref="MachineLoad.Disk"/> while nothing is set.</summary>
    public FileSystemLoad? ImageDisk { get; set; }

    public MachineFacts Facts() => new()
    {
        MilliCpu = 4000, MemoryBytes = 8L << 30, DiskBytes = 100L << 30, Architecture = "amd64",
        HasAppArmor = HasAppArmor,
    };

    public bool HasAppArmor { get; set; }

    public MachineLoad Load() => Current;

    public FileSystemLoad FileSystem(string directory) => ImageDisk ?? Current.Disk;

    /// <summary>By container id.</summary>
    public Dictionary<string, long> Processes { get; } = [];

    public IReadOnlyDictionary<string, long> ProcessesOf(IReadOnlyCollection<string> containers) => Processes;
}
