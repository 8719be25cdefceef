namespace ActorOrchestrator.Api.Core;

public sealed record Node() : KubeObject("v1", "Node")
{
    public NodeSpec Spec { get; init; } = NodeSpec.Empty;
    public NodeStatus Status { get; init; } = NodeStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (NodeStatus?)status ?? NodeStatus.Empty };
}

public sealed record NodeSpec
{
    public static readonly NodeSpec Empty = new();
    public string? PodCIDR { get; init; }
    [PatchStrategy("merge"), ListSet] public ValueList<string> PodCIDRs { get; init; } = [];
    public string? ProviderID { get; init; }
    public bool Unschedulable { get; init; }
    public ValueList<Taint> Taints { get; init; } = [];
    public NodeConfigSource? ConfigSource { get; init; }
    public string? ExternalID { get; init; }
}

public sealed record Taint
{
    [Required] public string Key { get; init; } = "";
    public string? Value { get; init; }
    [Required, Values("NoSchedule", "PreferNoSchedule", "NoExecute")] public string Effect { get; init; } = "";
    public DateTimeOffset? TimeAdded { get; init; }
}

public sealed record NodeConfigSource
{
    public ConfigMapNodeConfigSource? ConfigMap { get; init; }
}

public sealed record ConfigMapNodeConfigSource
{
    [Required] public string Namespace { get; init; } = "";
    [Required] public string Name { get; init; } = "";
    public string? Uid { get; init; }
    public string? ResourceVersion { get; init; }
    [Required] public string KubeletConfigKey { get; init; } = "";
}

public sealed record NodeStatus
{
    public static readonly NodeStatus Empty = new();
    public ValueMap<Quantity> Capacity { get; init; } = ValueMap<Quantity>.Empty;
    public ValueMap<Quantity> Allocatable { get; init; } = ValueMap<Quantity>.Empty;
    [Values("Pending", "Running", "Terminated")] public string? Phase { get; init; }
    [MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<NodeCondition> Conditions { get; init; } = [];
    [MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<NodeAddress> Addresses { get; init; } = [];
    public NodeDaemonEndpoints DaemonEndpoints { get; init; } = NodeDaemonEndpoints.Empty;
    public NodeSystemInfo NodeInfo { get; init; } = NodeSystemInfo.Empty;
    public ValueList<ContainerImage> Images { get; init; } = [];
    public ValueList<string> VolumesInUse { get; init; } = [];
    public ValueList<AttachedVolume> VolumesAttached { get; init; } = [];
    public NodeConfigStatus? Config { get; init; }
    public ValueList<NodeRuntimeHandler> RuntimeHandlers { get; init; } = [];
    public NodeFeatures? Features { get; init; }
    public ValueList<string> DeclaredFeatures { get; init; } = [];
}

public sealed record NodeCondition
{
    [Required] public string Type { get; init; } = "";
    [Required] public string Status { get; init; } = "";
    public DateTimeOffset? LastHeartbeatTime { get; init; }
    public DateTimeOffset? LastTransitionTime { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
}

public sealed record NodeAddress
{
    [Required] public string Type { get; init; } = "";
    [Required] public string Address { get; init; } = "";
}

public sealed record NodeDaemonEndpoints
{
    public static readonly NodeDaemonEndpoints Empty = new();
    public DaemonEndpoint KubeletEndpoint { get; init; } = DaemonEndpoint.Empty;
}

public sealed record DaemonEndpoint
{
    public static readonly DaemonEndpoint Empty = new();
    [WireName("Port"), Required] public int Port { get; init; }
}

public sealed record NodeSystemInfo
{
    public static readonly NodeSystemInfo Empty = new();
    [Required] public string MachineID { get; init; } = "";
    [Required] public string SystemUUID { get; init; } = "";
    [Required] public string BootID { get; init; } = "";
    [Required] public string KernelVersion { get; init; } = "";
    [Required] public string OsImage { get; init; } = "";
    [Required] public string ContainerRuntimeVersion { get; init; } = "";
    [Required] public string KubeletVersion { get; init; } = "";
    [Required] public string KubeProxyVersion { get; init; } = "";
    [Required] public string OperatingSystem { get; init; } = "";
    [Required] public string Architecture { get; init; } = "";
    public NodeSwapStatus? Swap { get; init; }
}

public sealed record NodeSwapStatus
{
    public long? Capacity { get; init; }
}

public sealed record ContainerImage
{
    [AlwaysWritten] public ValueList<string> Names { get; init; } = [];
    public long SizeBytes { get; init; }
}

public sealed record AttachedVolume
{
    [Required] public string Name { get; init; } = "";
    [Required] public string DevicePath { get; init; } = "";
}

public sealed record NodeConfigStatus
{
    public NodeConfigSource? Assigned { get; init; }
    public NodeConfigSource? Active { get; init; }
    public NodeConfigSource? LastKnownGood { get; init; }
    public string? Error { get; init; }
}

public sealed record NodeRuntimeHandler
{
    [AlwaysWritten] public string Name { get; init; } = "";
    public NodeRuntimeHandlerFeatures? Features { get; init; }
}

public sealed record NodeRuntimeHandlerFeatures
{
    public bool? RecursiveReadOnlyMounts { get; init; }
    public bool? UserNamespaces { get; init; }
}

public sealed record NodeFeatures
{
    public bool? SupplementalGroupsPolicy { get; init; }
}
