using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Reclaim;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>How the agent of a machine behaves; times are the agent's own, sizes in bytes.</summary>
public sealed record NodeSettings
{
    public required string NodeName { get; init; }

    /// <summary>The machine's addresses as pods and other machines see it, the main one first.</summary>
    public required ValueList<string> HostIps { get; init; }

    /// <summary>Labels beside kubernetes.io/hostname, os and arch.</summary>
    public ValueMap<string> Labels { get; init; } = ValueMap<string>.Empty;

    /// <summary>What this product calls itself in nodeInfo.kubeletVersion.</summary>
    public required string Version { get; init; }

    /// <summary>Where the machine serves the logs and streams of its pods (status.daemonEndpoints); 0: nowhere, its
    /// member does.</summary>
    public int Port { get; init; }

    public int MaxPods { get; init; } = 250;

    /// <summary>Kept from pods for the system and the agent.</summary>
    public long ReservedMilliCpu { get; init; }

    public long ReservedMemoryBytes { get; init; }

    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The list of everything in the runtime, as a net below its events.</summary>
    public TimeSpan RelistInterval { get; init; } = TimeSpan.FromSeconds(60);

    public EvictionSettings Eviction { get; init; } = new();

    public ImageGarbageSettings Images { get; init; } = new();

    public ShutdownSettings Shutdown { get; init; } = new();

    /// <summary>Kernel parameters that pods may set besides the safe ones (<see cref="SysctlAdmission"/>).</summary>
    public ValueList<string> AllowedUnsafeSysctls { get; init; } = [];

    public int ParallelSandboxes { get; init; } = 16;

    public int ParallelPulls { get; init; } = 5;

    public ClusterDns Dns { get; init; } = new([], "cluster.local");

    public DnsConfig MachineDns { get; init; } = DnsConfig.Empty;
}
