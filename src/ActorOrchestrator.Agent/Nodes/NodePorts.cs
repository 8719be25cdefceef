using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Agent.Volumes;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>The outside world of a node's agent; the simulator has another one.</summary>
public sealed record NodePorts(
    IContainerRuntime Runtime, IClusterLink Cluster, IPodFiles Files, INetworkProber Prober, INodeMachine Machine,
    TimeProvider Time, ILogger<NodeAgent> Log, AgentInstruments Instruments);
