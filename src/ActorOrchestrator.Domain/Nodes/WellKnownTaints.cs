namespace ActorOrchestrator.Domain.Nodes;

/// <summary>The keys of taints that Kubernetes itself sets (k8s.io/api/core/v1 well_known_taints).</summary>
public static class WellKnownTaints
{
    public const string NotReady = "node.kubernetes.io/not-ready";
    public const string Unreachable = "node.kubernetes.io/unreachable";
    public const string Unschedulable = "node.kubernetes.io/unschedulable";
    public const string MemoryPressure = "node.kubernetes.io/memory-pressure";
    public const string DiskPressure = "node.kubernetes.io/disk-pressure";
    public const string PidPressure = "node.kubernetes.io/pid-pressure";
    public const string NetworkUnavailable = "node.kubernetes.io/network-unavailable";

    /// <summary>Set by a user: the machine is off for certain.</summary>
    public const string OutOfService = "node.kubernetes.io/out-of-service";

    /// <summary>Not Kubernetes': the node's agent was stopped in good order, and is expected back.</summary>
    public const string AgentStopped = "actor-orchestrator/agent-stopped";
}
