using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Fencing;
using ActorOrchestrator.Agent.Groups;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>Everything that the workers of one machine share.</summary>
public sealed record WorkerPorts(
    IContainerRuntime Runtime, IClusterLink Cluster, IPodFiles Files, INetworkProber Prober, NodeView Node,
    PodEnvironment Environment, WorkerLimits Limits, TimeProvider Time, ILogger Log, AgentInstruments Instruments,
    IActorRef Agent)
{
    private const string Component = "kubelet";

    /// <summary>Null: what the runtime runs is in no control groups.</summary>
    public IPodGroups? Groups { get; init; }

    /// <summary>On which fenced pods run; null: nobody would give them to another machine.</summary>
    public NodeFence? Fence { get; init; }

    public void Record(Pod pod, PodEvent told)
    {
        var involved = new ObjectReference
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Namespace = pod.Metadata.Namespace,
            Name = pod.Metadata.Name,
            Uid = pod.Metadata.Uid,
            ResourceVersion = pod.Metadata.ResourceVersion,
            FieldPath = told.Container is { } container ? $"spec.{container.List}{{{container.Name}}}" : null,
        };
        Cluster.RecordEvent(involved, told.Type, told.Reason, told.Message, Component);
    }
}

/// <summary>How many of the costly operations run at once on one machine, and what its pods share out.</summary>
public sealed class WorkerLimits(int parallelSandboxes, int parallelPulls, UserRanges users)
{
    public UserRanges Users { get; } = users;

    public ConcurrencyLimit Sandboxes { get; } = new(parallelSandboxes);

    public ConcurrencyLimit Pulls { get; } = new(parallelPulls);
}
