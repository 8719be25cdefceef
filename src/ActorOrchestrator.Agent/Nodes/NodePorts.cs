using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Fencing;
using ActorOrchestrator.Agent.Groups;
using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Agent.Statics;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>The outside world of a node's agent; the simulator has another one.</summary>
public sealed record NodePorts(
    IContainerRuntime Runtime, IClusterLink Cluster, IPodFiles Files, INetworkProber Prober, INodeMachine Machine,
    TimeProvider Time, ILogger<NodeAgent> Log, AgentInstruments Instruments)
{
    private const string Component = "kubelet";

    /// <summary>What bounds pods that ask for resources as a whole; null: what the runtime runs is in no control
    /// groups.</summary>
    public IPodGroups? Groups { get; init; }

    /// <summary>What static pods there are to be; null: none.</summary>
    public IManifestSource? Manifests { get; init; }

    /// <summary>The lease on which fenced pods run; null: nobody would give them to another machine.</summary>
    public NodeFence? Fence { get; init; }

    /// <summary>The pods' network; null: the runtime's own, or none.</summary>
    public INodeNetwork? Network { get; init; }

    /// <summary>Tells something of the node itself.</summary>
    public void RecordOfNode(string node, string type, string reason, string message) => Cluster.RecordEvent(
        new ObjectReference { ApiVersion = "v1", Kind = "Node", Name = node, Uid = node },
        type, reason, message, Component);
}
