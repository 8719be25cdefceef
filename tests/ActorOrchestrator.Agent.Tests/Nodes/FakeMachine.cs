using ActorOrchestrator.Agent.Nodes;

namespace ActorOrchestrator.Agent.Tests.Nodes;

/// <summary>A machine with as much free as the test says.</summary>
internal sealed class FakeMachine : INodeMachine
{
    public MachineLoad Current { get; set; } = new(4L << 30, 0.5, 0.5, 0.5);

    public MachineFacts Facts() => new()
    {
        MilliCpu = 4000, MemoryBytes = 8L << 30, DiskBytes = 100L << 30, Architecture = "amd64",
    };

    public MachineLoad Load() => Current;
}
