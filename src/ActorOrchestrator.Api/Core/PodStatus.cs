namespace ActorOrchestrator.Api.Core;

public sealed record PodStatus
{
    public static readonly PodStatus Empty = new();
    public long ObservedGeneration { get; init; }
    [Values("Pending", "Running", "Succeeded", "Failed", "Unknown")] public string? Phase { get; init; }
    [MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<PodCondition> Conditions { get; init; } = [];
    public string? Message { get; init; }
    public string? Reason { get; init; }
    public string? NominatedNodeName { get; init; }
    public string? HostIP { get; init; }
    [MergeKey("ip"), PatchStrategy("merge")] public ValueList<HostIP> HostIPs { get; init; } = [];
    public string? PodIP { get; init; }
    [MergeKey("ip"), PatchStrategy("merge"), ListMap("ip")] public ValueList<PodIP> PodIPs { get; init; } = [];
    public DateTimeOffset? StartTime { get; init; }
    public ValueList<ContainerStatus> InitContainerStatuses { get; init; } = [];
    public ValueList<ContainerStatus> ContainerStatuses { get; init; } = [];
    [Values("Guaranteed", "Burstable", "BestEffort")] public string? QosClass { get; init; }
    public ValueList<ContainerStatus> EphemeralContainerStatuses { get; init; } = [];
    public string? Resize { get; init; }
    [MergeKey("name"), PatchStrategy("merge,retainKeys"), ListMap("name")]
    public ValueList<PodResourceClaimStatus> ResourceClaimStatuses { get; init; } = [];
    public PodExtendedResourceClaimStatus? ExtendedResourceClaimStatus { get; init; }
    public ValueMap<Quantity> AllocatedResources { get; init; } = ValueMap<Quantity>.Empty;
    public ResourceRequirements? Resources { get; init; }
}

public sealed record PodCondition
{
    [Required] public string Type { get; init; } = "";
    public long ObservedGeneration { get; init; }
    [Required] public string Status { get; init; } = "";
    public DateTimeOffset? LastProbeTime { get; init; }
    public DateTimeOffset? LastTransitionTime { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
}

public sealed record HostIP
{
    [Required] public string Ip { get; init; } = "";
}

public sealed record PodIP
{
    [Required] public string Ip { get; init; } = "";
}

public sealed record PodResourceClaimStatus
{
    [Required] public string Name { get; init; } = "";
    [Pointer] public string? ResourceClaimName { get; init; }
}

public sealed record PodExtendedResourceClaimStatus
{
    [Required] public ValueList<ContainerExtendedResourceRequest> RequestMappings { get; init; } = [];
    [Required] public string ResourceClaimName { get; init; } = "";
}

public sealed record ContainerExtendedResourceRequest
{
    [Required] public string ContainerName { get; init; } = "";
    [Required] public string ResourceName { get; init; } = "";
    [Required] public string RequestName { get; init; } = "";
}
