namespace ActorOrchestrator.Api.Core;

[Doc("What a pod was last seen to be.")]
public sealed record PodStatus
{
    public static readonly PodStatus Empty = new();

    [Doc("Generation of the spec that this status is about.")]
    public long ObservedGeneration { get; init; }

    [Doc("Where in its life the object is, in one word.")]
    [Values("Pending", "Running", "Succeeded", "Failed", "Unknown")]
    public string? Phase { get; init; }

    [Doc("What holds of the object, and since when."), MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<PodCondition> Conditions { get; init; } = [];

    [Doc("Why, as a sentence for people.")]
    public string? Message { get; init; }

    [Doc("Why the pod is in this state, in one word.")]
    public string? Reason { get; init; }

    [Doc("Node that is being cleared for the pod.")]
    public string? NominatedNodeName { get; init; }

    [Doc("Address of the node.")]
    public string? HostIP { get; init; }

    [Doc("Addresses of the node."), MergeKey("ip"), PatchStrategy("merge")]
    public ValueList<HostIP> HostIPs { get; init; } = [];

    [Doc("Address of the pod.")]
    public string? PodIP { get; init; }

    [Doc("Addresses of the pod, one for each family."), MergeKey("ip"), PatchStrategy("merge"), ListMap("ip")]
    public ValueList<PodIP> PodIPs { get; init; } = [];

    [Doc("When it was started.")]
    public DateTimeOffset? StartTime { get; init; }

    [Doc("Status of each init container.")]
    public ValueList<ContainerStatus> InitContainerStatuses { get; init; } = [];

    [Doc("Status of each container.")]
    public ValueList<ContainerStatus> ContainerStatuses { get; init; } = [];

    [Doc("Class of service: Guaranteed, Burstable or BestEffort."), Values("Guaranteed", "Burstable", "BestEffort")]
    public string? QosClass { get; init; }

    [Doc("Status of each ephemeral container.")]
    public ValueList<ContainerStatus> EphemeralContainerStatuses { get; init; } = [];

    [Doc("State of a change of resources.")]
    public string? Resize { get; init; }

    [Doc("Status of each claim on devices."), MergeKey("name"), PatchStrategy("merge,retainKeys"), ListMap("name")]
    public ValueList<PodResourceClaimStatus> ResourceClaimStatuses { get; init; } = [];

    [Doc("Status of the claim made for extended resources.")]
    public PodExtendedResourceClaimStatus? ExtendedResourceClaimStatus { get; init; }

    [Doc("Resources that were set aside.")]
    public ValueMap<Quantity> AllocatedResources { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("Resources that are asked for.")]
    public ResourceRequirements? Resources { get; init; }
}

[Doc("One thing that holds, or not, of a Pod.")]
public sealed record PodCondition
{
    [Doc("What the condition is about, such as Ready."), Required]
    public string Type { get; init; } = "";

    [Doc("Generation of the spec that this status is about.")]
    public long ObservedGeneration { get; init; }

    [Doc("What was observed last; written by the system."), Required]
    public string Status { get; init; } = "";

    [Doc("When the condition was last checked.")]
    public DateTimeOffset? LastProbeTime { get; init; }

    [Doc("When the status last changed.")]
    public DateTimeOffset? LastTransitionTime { get; init; }

    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("Why, as a sentence for people.")]
    public string? Message { get; init; }
}

public sealed record HostIP
{
    [Doc("IP address."), Required]
    public string Ip { get; init; } = "";
}

public sealed record PodIP
{
    [Doc("IP address."), Required]
    public string Ip { get; init; } = "";
}

[Doc("What a PodResourceClaim was last seen to be.")]
public sealed record PodResourceClaimStatus
{
    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Name of the resource claim."), Pointer]
    public string? ResourceClaimName { get; init; }
}

[Doc("What a PodExtendedResourceClaim was last seen to be.")]
public sealed record PodExtendedResourceClaimStatus
{
    [Doc("Which container's resource each request serves."), Required]
    public ValueList<ContainerExtendedResourceRequest> RequestMappings { get; init; } = [];

    [Doc("Name of the resource claim."), Required]
    public string ResourceClaimName { get; init; } = "";
}

public sealed record ContainerExtendedResourceRequest
{
    [Doc("Name of the container."), Required]
    public string ContainerName { get; init; } = "";

    [Doc("Name of the resource."), Required]
    public string ResourceName { get; init; } = "";

    [Doc("Name of the request in the claim."), Required]
    public string RequestName { get; init; } = "";
}
