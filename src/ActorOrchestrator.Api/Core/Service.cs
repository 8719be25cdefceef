namespace ActorOrchestrator.Api.Core;

public sealed record Service() : KubeObject("v1", "Service")
{
    public ServiceSpec Spec { get; init; } = ServiceSpec.Empty;
    public ServiceStatus Status { get; init; } = ServiceStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (ServiceStatus?)status ?? ServiceStatus.Empty };
}

public sealed record ServiceSpec
{
    public static readonly ServiceSpec Empty = new();
    [MergeKey("port"), PatchStrategy("merge"), ListMap("port", "protocol")]
    public ValueList<ServicePort> Ports { get; init; } = [];
    [Atomic] public ValueMap<string> Selector { get; init; } = ValueMap<string>.Empty;
    public string? ClusterIP { get; init; }
    public ValueList<string> ClusterIPs { get; init; } = [];
    [Values("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")] public string? Type { get; init; }
    public ValueList<string> ExternalIPs { get; init; } = [];
    [Values("ClientIP", "None")] public string? SessionAffinity { get; init; }
    public string? LoadBalancerIP { get; init; }
    public ValueList<string> LoadBalancerSourceRanges { get; init; } = [];
    public string? ExternalName { get; init; }
    [Values("Cluster", "Local")] public string? ExternalTrafficPolicy { get; init; }
    public int HealthCheckNodePort { get; init; }
    public bool PublishNotReadyAddresses { get; init; }
    public SessionAffinityConfig? SessionAffinityConfig { get; init; }
    [Values("IPv4", "IPv6", "")] public ValueList<string> IpFamilies { get; init; } = [];
    [Pointer, Values("SingleStack", "PreferDualStack", "RequireDualStack")] public string? IpFamilyPolicy { get; init; }
    public bool? AllocateLoadBalancerNodePorts { get; init; }
    [Pointer] public string? LoadBalancerClass { get; init; }
    [Pointer, Values("Cluster", "Local")] public string? InternalTrafficPolicy { get; init; }
    [Pointer] public string? TrafficDistribution { get; init; }
}

public sealed record ServicePort
{
    public string? Name { get; init; }
    [Values("TCP", "UDP", "SCTP")] public string? Protocol { get; init; }
    [Pointer] public string? AppProtocol { get; init; }
    [Required] public int Port { get; init; }
    public IntOrString? TargetPort { get; init; }
    public int NodePort { get; init; }
}

public sealed record SessionAffinityConfig
{
    public ClientIPConfig? ClientIP { get; init; }
}

public sealed record ClientIPConfig
{
    public int? TimeoutSeconds { get; init; }
}

public sealed record ServiceStatus
{
    public static readonly ServiceStatus Empty = new();
    public LoadBalancerStatus LoadBalancer { get; init; } = LoadBalancerStatus.Empty;
    [MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<Condition> Conditions { get; init; } = [];
}

public sealed record LoadBalancerStatus
{
    public static readonly LoadBalancerStatus Empty = new();
    public ValueList<LoadBalancerIngress> Ingress { get; init; } = [];
}

public sealed record LoadBalancerIngress
{
    public string? Ip { get; init; }
    public string? Hostname { get; init; }
    [Pointer] public string? IpMode { get; init; }
    public ValueList<PortStatus> Ports { get; init; } = [];
}

public sealed record PortStatus
{
    [Required] public int Port { get; init; }
    [Required, Values("TCP", "UDP", "SCTP")] public string Protocol { get; init; } = "";
    [Pointer] public string? Error { get; init; }
}
