namespace ActorOrchestrator.Api.Core;

[Doc("Containers that run together on one node.")]
public sealed record Pod() : KubeObject("v1", "Pod")
{
    [Doc("What is wanted.")]
    public PodSpec Spec { get; init; } = PodSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public PodStatus Status { get; init; } = PodStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (PodStatus?)status ?? PodStatus.Empty };
}

[Doc("What a pod is to be.")]
public sealed record PodSpec
{
    public static readonly PodSpec Empty = new();

    [Doc("Volumes that containers can mount."), MergeKey("name"), PatchStrategy("merge,retainKeys"), ListMap("name")]
    public ValueList<Volume> Volumes { get; init; } = [];

    [Doc("Containers that run, in order, before the others.")]
    [MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<Container> InitContainers { get; init; } = [];

    [Doc("Containers of the pod."), Required, MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<Container> Containers { get; init; } = [];

    [Doc("Containers added to a running pod for debugging."), MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<EphemeralContainer> EphemeralContainers { get; init; } = [];

    [Doc("When containers are restarted: Always, OnFailure or Never."), Values("Always", "OnFailure", "Never")]
    public string? RestartPolicy { get; init; }

    [Doc("Seconds between asking a pod to end and killing it.")]
    public long? TerminationGracePeriodSeconds { get; init; }

    [Doc("Seconds after the start at which everything is ended.")]
    public long? ActiveDeadlineSeconds { get; init; }

    [Doc("Where containers look up names."), Values("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")]
    public string? DnsPolicy { get; init; }

    [Doc("Labels that a node must have."), Atomic]
    public ValueMap<string> NodeSelector { get; init; } = ValueMap<string>.Empty;

    [Doc("Service account that the pod acts as.")]
    public string? ServiceAccountName { get; init; }

    [Doc("Old name of serviceAccountName.")]
    public string? ServiceAccount { get; init; }

    [Doc("Whether a token of the service account is mounted.")]
    public bool? AutomountServiceAccountToken { get; init; }

    [Doc("Node that the pod runs on; set by the scheduler.")]
    public string? NodeName { get; init; }

    [Doc("Use the node's network.")]
    public bool HostNetwork { get; init; }

    [Doc("See the node's processes.")]
    public bool HostPID { get; init; }

    [Doc("Use the node's IPC namespace.")]
    public bool HostIPC { get; init; }

    [Doc("Let the containers see each other's processes.")]
    public bool? ShareProcessNamespace { get; init; }

    [Doc("Privileges and identity of all containers.")]
    public PodSecurityContext? SecurityContext { get; init; }

    [Doc("Secrets with credentials for pulling images."), MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<LocalObjectReference> ImagePullSecrets { get; init; } = [];

    [Doc("Host name of the pod.")]
    public string? Hostname { get; init; }

    [Doc("Domain of the pod below its namespace's.")]
    public string? Subdomain { get; init; }

    [Doc("Rules about which nodes and neighbours suit.")]
    public Affinity? Affinity { get; init; }

    [Doc("Scheduler that places the pod.")]
    public string? SchedulerName { get; init; }

    [Doc("Taints that the pod puts up with.")]
    public ValueList<Toleration> Tolerations { get; init; } = [];

    [Doc("Further lines of /etc/hosts."), MergeKey("ip"), PatchStrategy("merge"), ListMap("ip")]
    public ValueList<HostAlias> HostAliases { get; init; } = [];

    [Doc("Priority class of the pod.")]
    public string? PriorityClassName { get; init; }

    [Doc("Priority of the pod; higher ones are placed first.")]
    public int? Priority { get; init; }

    [Doc("Settings of name lookup.")]
    public PodDNSConfig? DnsConfig { get; init; }

    [Doc("Further conditions that make up readiness.")]
    public ValueList<PodReadinessGate> ReadinessGates { get; init; } = [];

    [Doc("Runtime class that runs the pod."), Pointer]
    public string? RuntimeClassName { get; init; }

    [Doc("Whether services become environment variables.")]
    public bool? EnableServiceLinks { get; init; }

    [Doc("Whether such pods displace others of lower priority."), Pointer, Values("PreemptLowerPriority", "Never")]
    public string? PreemptionPolicy { get; init; }

    [Doc("Resources that running a pod at all takes.")]
    public ValueMap<Quantity> Overhead { get; init; } = ValueMap<Quantity>.Empty;

    [Doc("How pods are spread over domains.")]
    [MergeKey("topologyKey"), PatchStrategy("merge"), ListMap("topologyKey", "whenUnsatisfiable")]
    public ValueList<TopologySpreadConstraint> TopologySpreadConstraints { get; init; } = [];

    [Doc("Whether the host name is the full domain name.")]
    public bool? SetHostnameAsFQDN { get; init; }

    [Doc("Operating system of the pod.")]
    public PodOS? Os { get; init; }

    [Doc("Whether the pod uses the node's user ids.")]
    public bool? HostUsers { get; init; }

    [Doc("Names that hold the pod back from being placed."), MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<PodSchedulingGate> SchedulingGates { get; init; } = [];

    [Doc("Claims on devices that must be met first.")]
    [MergeKey("name"), PatchStrategy("merge,retainKeys"), ListMap("name")]
    public ValueList<PodResourceClaim> ResourceClaims { get; init; } = [];

    [Doc("Resources of all containers together.")]
    public ResourceRequirements? Resources { get; init; }

    [Doc("Host name of the pod, instead of its name."), Pointer]
    public string? HostnameOverride { get; init; }

    [Doc("Workload that the pod is scheduled with.")]
    public WorkloadReference? WorkloadRef { get; init; }
}

public sealed record PodOS
{
    [Doc("linux or windows."), Required]
    public string Name { get; init; } = "";
}

public sealed record PodSchedulingGate
{
    [Doc("Name of the gate."), Required]
    public string Name { get; init; } = "";
}

public sealed record PodReadinessGate
{
    [Doc("Type of the condition."), Required]
    public string ConditionType { get; init; } = "";
}

public sealed record HostAlias
{
    [Doc("IP address."), Required]
    public string Ip { get; init; } = "";

    [Doc("Names of the address.")]
    public ValueList<string> Hostnames { get; init; } = [];
}

public sealed record PodDNSConfig
{
    [Doc("Addresses of name servers.")]
    public ValueList<string> Nameservers { get; init; } = [];

    [Doc("Domains that names are completed with.")]
    public ValueList<string> Searches { get; init; } = [];

    [Doc("Further options.")]
    public ValueList<PodDNSConfigOption> Options { get; init; } = [];
}

public sealed record PodDNSConfigOption
{
    [Doc("Name of the option.")]
    public string? Name { get; init; }

    [Doc("The value."), Pointer]
    public string? Value { get; init; }
}

public sealed record PodResourceClaim
{
    [Doc("Name of the claim inside the pod."), Required]
    public string Name { get; init; } = "";

    [Doc("Name of the resource claim."), Pointer]
    public string? ResourceClaimName { get; init; }

    [Doc("Name of a template that a claim is made from."), Pointer]
    public string? ResourceClaimTemplateName { get; init; }
}

public sealed record WorkloadReference
{
    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Group of the workload that the pod belongs to."), Required]
    public string PodGroup { get; init; } = "";

    [Doc("Which replica of the group the pod belongs to.")]
    public string? PodGroupReplicaKey { get; init; }
}

[Doc("A taint that a pod puts up with.")]
public sealed record Toleration
{
    [Doc("Key of the taint; empty for all.")]
    public string? Key { get; init; }

    [Doc("Exists, Equal, Lt or Gt."), Values("Exists", "Equal", "Lt", "Gt")]
    public string? Operator { get; init; }

    [Doc("Value of the taint.")]
    public string? Value { get; init; }

    [Doc("What the taint does to pods: NoSchedule, PreferNoSchedule or NoExecute.")]
    [Values("NoSchedule", "PreferNoSchedule", "NoExecute")]
    public string? Effect { get; init; }

    [Doc("Seconds that a NoExecute taint is put up with.")]
    public long? TolerationSeconds { get; init; }
}

[Doc("How evenly pods are spread over domains.")]
public sealed record TopologySpreadConstraint
{
    [Doc("Most that the numbers of pods may differ by."), Required]
    public int MaxSkew { get; init; }

    [Doc("Label of nodes whose value names the domain."), Required]
    public string TopologyKey { get; init; } = "";

    [Doc("What to do when the rule cannot be kept."), Required, Values("DoNotSchedule", "ScheduleAnyway")]
    public string WhenUnsatisfiable { get; init; } = "";

    [Doc("Labels of the objects that are meant.")]
    public LabelSelector? LabelSelector { get; init; }

    [Doc("Fewest domains there should be.")]
    public int? MinDomains { get; init; }

    [Doc("Whether unsuitable nodes count."), Pointer, Values("Ignore", "Honor")]
    public string? NodeAffinityPolicy { get; init; }

    [Doc("Whether tainted nodes count."), Pointer, Values("Ignore", "Honor")]
    public string? NodeTaintsPolicy { get; init; }

    [Doc("Keys of pod labels whose values join the selector.")]
    public ValueList<string> MatchLabelKeys { get; init; } = [];
}

[Doc("A template for pods.")]
public sealed record PodTemplate() : KubeObject("v1", "PodTemplate")
{
    [Doc("What new pods look like.")]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;
}

[Doc("What pods made from a template look like.")]
public sealed record PodTemplateSpec
{
    public static readonly PodTemplateSpec Empty = new();

    [Doc("Name, labels and the rest of what every object has.")]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Doc("What the pod is to be.")]
    public PodSpec Spec { get; init; } = PodSpec.Empty;
}

[Doc("Puts a pod onto a node.")]
public sealed record Binding() : KubeObject("v1", "Binding")
{
    [Doc("Node to bind to."), Required]
    public ObjectReference Target { get; init; } = ObjectReference.Empty;
}
