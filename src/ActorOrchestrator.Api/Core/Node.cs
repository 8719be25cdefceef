namespace ActorOrchestrator.Api.Core;

[Doc("A machine that runs pods.")]
public sealed record Node() : KubeObject("v1", "Node")
{
    [Doc("What is wanted.")]
    public NodeSpec Spec { get; init; } = NodeSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public NodeStatus Status { get; init; } = NodeStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (NodeStatus?)status ?? NodeStatus.Empty };
}

[Doc("What a node is to be.")]
public sealed record NodeSpec
{
    public static readonly NodeSpec Empty = new();

    [Doc("Address range of the node's pods.")]
    public string? PodCIDR { get; init; }

    [Doc("Address ranges of the node's pods, one for each family."), PatchStrategy("merge"), ListSet]
    public ValueList<string> PodCIDRs { get; init; } = [];

    [Doc("Id of the machine at its provider.")]
    public string? ProviderID { get; init; }

    [Doc("Whether no new pods are placed here.")]
    public bool Unschedulable { get; init; }

    [Doc("What keeps pods away.")]
    public ValueList<Taint> Taints { get; init; } = [];

    [Doc("Old way of configuring nodes; not used.")]
    public NodeConfigSource? ConfigSource { get; init; }

    [Doc("Old name of providerID.")]
    public string? ExternalID { get; init; }
}

[Doc("What keeps pods away from a node.")]
public sealed record Taint
{
    [Doc("Key of the taint."), Required]
    public string Key { get; init; } = "";

    [Doc("Value of the taint.")]
    public string? Value { get; init; }

    [Doc("What the taint does to pods: NoSchedule, PreferNoSchedule or NoExecute.")]
    [Required, Values("NoSchedule", "PreferNoSchedule", "NoExecute")]
    public string Effect { get; init; } = "";

    [Doc("When the taint was added.")]
    public DateTimeOffset? TimeAdded { get; init; }
}

public sealed record NodeConfigSource
{
    [Doc("A ConfigMap's entries as files.")]
    public ConfigMapNodeConfigSource? ConfigMap { get; init; }
}

public sealed record ConfigMapNodeConfigSource
{
    [Doc("Namespace of the object that is meant."), Required]
    public string Namespace { get; init; } = "";

    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Unique id of the object that is meant.")]
    public string? Uid { get; init; }

    [Doc("Version of the object or list.")]
    public string? ResourceVersion { get; init; }

    [Doc("Key of the configuration."), Required]
    public string KubeletConfigKey { get; init; } = "";
}

[Doc("What a node was last seen to be.")]
public sealed record NodeStatus
{
    public static readonly NodeStatus Empty = new();

    [Doc("Amounts that there are in all.")]
    public ValueMap<Quantity> Capacity { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("Amounts that pods can have.")]
    public ValueMap<Quantity> Allocatable { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("Old summary of the node; not used."), Values("Pending", "Running", "Terminated")]
    public string? Phase { get; init; }

    [Doc("What holds of the object, and since when."), MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<NodeCondition> Conditions { get; init; } = [];

    [Doc("The addresses."), MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<NodeAddress> Addresses { get; init; } = [];

    [Doc("Ports of the node's own services.")]
    public NodeDaemonEndpoints DaemonEndpoints { get; init; } = NodeDaemonEndpoints.Empty;

    [Doc("Facts about the machine and its software.")]
    public NodeSystemInfo NodeInfo { get; init; } = NodeSystemInfo.Empty;

    [Doc("Images on the node.")]
    public ValueList<ContainerImage> Images { get; init; } = [];

    [Doc("Volumes that are mounted.")]
    public ValueList<string> VolumesInUse { get; init; } = [];

    [Doc("Volumes that are attached.")]
    public ValueList<AttachedVolume> VolumesAttached { get; init; } = [];

    [Doc("State of the old way of configuring nodes.")]
    public NodeConfigStatus? Config { get; init; }

    [Doc("Runtimes on the node.")]
    public ValueList<NodeRuntimeHandler> RuntimeHandlers { get; init; } = [];

    [Doc("Features of the node.")]
    public NodeFeatures? Features { get; init; }

    [Doc("Features that the node declares.")]
    public ValueList<string> DeclaredFeatures { get; init; } = [];
}

[Doc("One thing that holds, or not, of a Node.")]
public sealed record NodeCondition
{
    [Doc("What the condition is about, such as Ready."), Required]
    public string Type { get; init; } = "";

    [Doc("What was observed last; written by the system."), Required]
    public string Status { get; init; } = "";

    [Doc("When the node last reported.")]
    public DateTimeOffset? LastHeartbeatTime { get; init; }

    [Doc("When the status last changed.")]
    public DateTimeOffset? LastTransitionTime { get; init; }

    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("Why, as a sentence for people.")]
    public string? Message { get; init; }
}

public sealed record NodeAddress
{
    [Doc("Which of the possible kinds this is."), Required]
    public string Type { get; init; } = "";

    [Doc("The address."), Required]
    public string Address { get; init; } = "";
}

public sealed record NodeDaemonEndpoints
{
    public static readonly NodeDaemonEndpoints Empty = new();

    [Doc("Port of the node's agent.")]
    public DaemonEndpoint KubeletEndpoint { get; init; } = DaemonEndpoint.Empty;
}

public sealed record DaemonEndpoint
{
    public static readonly DaemonEndpoint Empty = new();

    [Doc("Number of the port."), WireName("Port"), Required]
    public int Port { get; init; }
}

public sealed record NodeSystemInfo
{
    public static readonly NodeSystemInfo Empty = new();

    [Doc("Id of the machine."), Required]
    public string MachineID { get; init; } = "";

    [Doc("Id of the hardware."), Required]
    public string SystemUUID { get; init; } = "";

    [Doc("Id of this boot."), Required]
    public string BootID { get; init; } = "";

    [Doc("Version of the kernel."), Required]
    public string KernelVersion { get; init; } = "";

    [Doc("Name of the operating system."), Required]
    public string OsImage { get; init; } = "";

    [Doc("Runtime and its version, as name://version."), Required]
    public string ContainerRuntimeVersion { get; init; } = "";

    [Doc("Version of the node's agent."), Required]
    public string KubeletVersion { get; init; } = "";

    [Doc("Version of the node's proxy."), Required]
    public string KubeProxyVersion { get; init; } = "";

    [Doc("Operating system."), Required]
    public string OperatingSystem { get; init; } = "";

    [Doc("Processor architecture."), Required]
    public string Architecture { get; init; } = "";

    [Doc("Swap space.")]
    public NodeSwapStatus? Swap { get; init; }

    [Doc("Whether the node runs in a user namespace.")]
    public bool? RunningInUserNamespace { get; init; }
}

[Doc("What a NodeSwap was last seen to be.")]
public sealed record NodeSwapStatus
{
    [Doc("Amounts that there are in all.")]
    public long? Capacity { get; init; }
}

public sealed record ContainerImage
{
    [Doc("Names of the image."), AlwaysWritten]
    public ValueList<string> Names { get; init; } = [];

    [Doc("Size of the image in bytes.")]
    public long SizeBytes { get; init; }
}

public sealed record AttachedVolume
{
    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Path of the device."), Required]
    public string DevicePath { get; init; } = "";
}

[Doc("What a NodeConfig was last seen to be.")]
public sealed record NodeConfigStatus
{
    [Doc("Configuration that was assigned.")]
    public NodeConfigSource? Assigned { get; init; }

    [Doc("Pods or jobs that run.")]
    public NodeConfigSource? Active { get; init; }

    [Doc("Configuration that last worked.")]
    public NodeConfigSource? LastKnownGood { get; init; }

    [Doc("What went wrong.")]
    public string? Error { get; init; }
}

public sealed record NodeRuntimeHandler
{
    [Doc("Name of the object that is meant."), AlwaysWritten]
    public string Name { get; init; } = "";

    [Doc("Features that are supported.")]
    public NodeRuntimeHandlerFeatures? Features { get; init; }
}

public sealed record NodeRuntimeHandlerFeatures
{
    [Doc("Whether read-only mounts can be recursive.")]
    public bool? RecursiveReadOnlyMounts { get; init; }

    [Doc("Whether user namespaces are supported.")]
    public bool? UserNamespaces { get; init; }
}

public sealed record NodeFeatures
{
    [Doc("How the image's own groups count.")]
    public bool? SupplementalGroupsPolicy { get; init; }
}
