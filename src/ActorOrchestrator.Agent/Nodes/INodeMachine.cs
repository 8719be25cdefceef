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
}

/// <summary>How much of the machine is free now.</summary>
public sealed record MachineLoad(
    long AvailableMemoryBytes, double FreeDiskFraction, double FreeInodeFraction, double FreePidFraction);

/// <summary>The machine that the agent runs on.</summary>
public interface INodeMachine
{
    MachineFacts Facts();

    MachineLoad Load();
}
