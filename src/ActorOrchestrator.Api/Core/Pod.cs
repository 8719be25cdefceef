namespace ActorOrchestrator.Api.Core;

public sealed record Pod() : KubeObject("v1", "Pod")
{
    public PodSpec Spec { get; init; } = PodSpec.Empty;
    public PodStatus Status { get; init; } = PodStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (PodStatus?)status ?? PodStatus.Empty };
}

public sealed record PodSpec
{
    public static readonly PodSpec Empty = new();
    [MergeKey("name"), PatchStrategy("merge,retainKeys"), ListMap("name")]
    public ValueList<Volume> Volumes { get; init; } = [];
    [MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<Container> InitContainers { get; init; } = [];
    [Required, MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<Container> Containers { get; init; } = [];
    [MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<EphemeralContainer> EphemeralContainers { get; init; } = [];
    [Values("Always", "OnFailure", "Never")] public string? RestartPolicy { get; init; }
    public long? TerminationGracePeriodSeconds { get; init; }
    public long? ActiveDeadlineSeconds { get; init; }
    [Values("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")] public string? DnsPolicy { get; init; }
    [Atomic] public ValueMap<string> NodeSelector { get; init; } = ValueMap<string>.Empty;
    public string? ServiceAccountName { get; init; }
    public string? ServiceAccount { get; init; }
    public bool? AutomountServiceAccountToken { get; init; }
    public string? NodeName { get; init; }
    public bool HostNetwork { get; init; }
    public bool HostPID { get; init; }
    public bool HostIPC { get; init; }
    public bool? ShareProcessNamespace { get; init; }
    public PodSecurityContext? SecurityContext { get; init; }
    [MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<LocalObjectReference> ImagePullSecrets { get; init; } = [];
    public string? Hostname { get; init; }
    public string? Subdomain { get; init; }
    public Affinity? Affinity { get; init; }
    public string? SchedulerName { get; init; }
    public ValueList<Toleration> Tolerations { get; init; } = [];
    [MergeKey("ip"), PatchStrategy("merge"), ListMap("ip")] public ValueList<HostAlias> HostAliases { get; init; } = [];
    public string? PriorityClassName { get; init; }
    public int? Priority { get; init; }
    public PodDNSConfig? DnsConfig { get; init; }
    public ValueList<PodReadinessGate> ReadinessGates { get; init; } = [];
    [Pointer] public string? RuntimeClassName { get; init; }
    public bool? EnableServiceLinks { get; init; }
    [Pointer, Values("PreemptLowerPriority", "Never")] public string? PreemptionPolicy { get; init; }
    public ValueMap<Quantity> Overhead { get; init; } = ValueMap<Quantity>.Empty;
    [MergeKey("topologyKey"), PatchStrategy("merge"), ListMap("topologyKey", "whenUnsatisfiable")]
    public ValueList<TopologySpreadConstraint> TopologySpreadConstraints { get; init; } = [];
    public bool? SetHostnameAsFQDN { get; init; }
    public PodOS? Os { get; init; }
    public bool? HostUsers { get; init; }
    [MergeKey("name"), PatchStrategy("merge"), ListMap("name")]
    public ValueList<PodSchedulingGate> SchedulingGates { get; init; } = [];
    [MergeKey("name"), PatchStrategy("merge,retainKeys"), ListMap("name")]
    public ValueList<PodResourceClaim> ResourceClaims { get; init; } = [];
    public ResourceRequirements? Resources { get; init; }
    [Pointer] public string? HostnameOverride { get; init; }
    public WorkloadReference? WorkloadRef { get; init; }
}

public sealed record PodOS
{
    [Required] public string Name { get; init; } = "";
}

public sealed record PodSchedulingGate
{
    [Required] public string Name { get; init; } = "";
}

public sealed record PodReadinessGate
{
    [Required] public string ConditionType { get; init; } = "";
}

public sealed record HostAlias
{
    [Required] public string Ip { get; init; } = "";
    public ValueList<string> Hostnames { get; init; } = [];
}

public sealed record PodDNSConfig
{
    public ValueList<string> Nameservers { get; init; } = [];
    public ValueList<string> Searches { get; init; } = [];
    public ValueList<PodDNSConfigOption> Options { get; init; } = [];
}

public sealed record PodDNSConfigOption
{
    public string? Name { get; init; }
    [Pointer] public string? Value { get; init; }
}

public sealed record PodResourceClaim
{
    [Required] public string Name { get; init; } = "";
    [Pointer] public string? ResourceClaimName { get; init; }
    [Pointer] public string? ResourceClaimTemplateName { get; init; }
}

public sealed record WorkloadReference
{
    [Required] public string Name { get; init; } = "";
    [Required] public string PodGroup { get; init; } = "";
    public string? PodGroupReplicaKey { get; init; }
}

public sealed record Toleration
{
    public string? Key { get; init; }
    [Values("Exists", "Equal", "Lt", "Gt")] public string? Operator { get; init; }
    public string? Value { get; init; }
    [Values("NoSchedule", "PreferNoSchedule", "NoExecute")] public string? Effect { get; init; }
    public long? TolerationSeconds { get; init; }
}

public sealed record TopologySpreadConstraint
{
    [Required] public int MaxSkew { get; init; }
    [Required] public string TopologyKey { get; init; } = "";
    [Required, Values("DoNotSchedule", "ScheduleAnyway")] public string WhenUnsatisfiable { get; init; } = "";
    public LabelSelector? LabelSelector { get; init; }
    public int? MinDomains { get; init; }
    [Pointer, Values("Ignore", "Honor")] public string? NodeAffinityPolicy { get; init; }
    [Pointer, Values("Ignore", "Honor")] public string? NodeTaintsPolicy { get; init; }
    public ValueList<string> MatchLabelKeys { get; init; } = [];
}

public sealed record PodTemplate() : KubeObject("v1", "PodTemplate")
{
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;
}

public sealed record PodTemplateSpec
{
    public static readonly PodTemplateSpec Empty = new();
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;
    public PodSpec Spec { get; init; } = PodSpec.Empty;
}

public sealed record Binding() : KubeObject("v1", "Binding")
{
    [Required] public ObjectReference Target { get; init; } = ObjectReference.Empty;
}
