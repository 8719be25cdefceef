namespace ActorOrchestrator.Api.Core;

[Doc("A stable address for a set of pods.")]
public sealed record Service() : KubeObject("v1", "Service")
{
    [Doc("How the service is reached, and what is behind it.")]
    public ServiceSpec Spec { get; init; } = ServiceSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public ServiceStatus Status { get; init; } = ServiceStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (ServiceStatus?)status ?? ServiceStatus.Empty };
}

[Doc("How a service is reached, and what is behind it.")]
public sealed record ServiceSpec
{
    public static readonly ServiceSpec Empty = new();

    [Doc("Ports of the service."), MergeKey("port"), PatchStrategy("merge"), ListMap("port", "protocol")]
    public ValueList<ServicePort> Ports { get; init; } = [];

    [Doc("Labels of the pods behind the service."), Atomic]
    public ValueMap<string> Selector { get; init; } = ValueMap<string>.Empty;

    [Doc("Address inside the cluster; None for a headless service.")]
    public string? ClusterIP { get; init; }

    [Doc("Addresses inside the cluster, one for each family.")]
    public ValueList<string> ClusterIPs { get; init; } = [];

    [Doc("ClusterIP, NodePort, LoadBalancer or ExternalName.")]
    [Values("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")]
    public string? Type { get; init; }

    [Doc("Addresses outside that nodes take traffic for.")]
    public ValueList<string> ExternalIPs { get; init; } = [];

    [Doc("Whether a client keeps its endpoint: None or ClientIP."), Values("ClientIP", "None")]
    public string? SessionAffinity { get; init; }

    [Doc("Address to ask the load balancer for.")]
    public string? LoadBalancerIP { get; init; }

    [Doc("Address ranges that may use the load balancer.")]
    public ValueList<string> LoadBalancerSourceRanges { get; init; } = [];

    [Doc("Name that the service stands for.")]
    public string? ExternalName { get; init; }

    [Doc("Whether outside traffic may go to other nodes."), Values("Cluster", "Local")]
    public string? ExternalTrafficPolicy { get; init; }

    [Doc("Port of the load balancer's health check.")]
    public int HealthCheckNodePort { get; init; }

    [Doc("Whether pods that are not ready count.")]
    public bool PublishNotReadyAddresses { get; init; }

    [Doc("Settings of session affinity.")]
    public SessionAffinityConfig? SessionAffinityConfig { get; init; }

    [Doc("Address families of the service."), Values("IPv4", "IPv6", "")]
    public ValueList<string> IpFamilies { get; init; } = [];

    [Doc("Whether there are one or two address families.")]
    [Pointer, Values("SingleStack", "PreferDualStack", "RequireDualStack")]
    public string? IpFamilyPolicy { get; init; }

    [Doc("Whether a load balancer needs node ports.")]
    public bool? AllocateLoadBalancerNodePorts { get; init; }

    [Doc("Which load balancer is meant."), Pointer]
    public string? LoadBalancerClass { get; init; }

    [Doc("Whether inside traffic may go to other nodes."), Pointer, Values("Cluster", "Local")]
    public string? InternalTrafficPolicy { get; init; }

    [Doc("Which endpoints are preferred."), Pointer]
    public string? TrafficDistribution { get; init; }
}

public sealed record ServicePort
{
    [Doc("Name of the port, unique in its service.")]
    public string? Name { get; init; }

    [Doc("Protocol: TCP, UDP or SCTP."), Values("TCP", "UDP", "SCTP")]
    public string? Protocol { get; init; }

    [Doc("Protocol of the application, such as kubernetes.io/h2c."), Pointer]
    public string? AppProtocol { get; init; }

    [Doc("Port of the service."), Required]
    public int Port { get; init; }

    [Doc("Port of the pods, by number or name.")]
    public IntOrString? TargetPort { get; init; }

    [Doc("Port of every node.")]
    public int NodePort { get; init; }
}

public sealed record SessionAffinityConfig
{
    [Doc("Settings of affinity by client address.")]
    public ClientIPConfig? ClientIP { get; init; }
}

public sealed record ClientIPConfig
{
    [Doc("Seconds after which it has failed or expires.")]
    public int? TimeoutSeconds { get; init; }
}

[Doc("What a Service was last seen to be.")]
public sealed record ServiceStatus
{
    public static readonly ServiceStatus Empty = new();

    [Doc("Where the load balancer is reached.")]
    public LoadBalancerStatus LoadBalancer { get; init; } = LoadBalancerStatus.Empty;

    [Doc("What holds of the object, and since when."), MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<Condition> Conditions { get; init; } = [];
}

[Doc("What a LoadBalancer was last seen to be.")]
public sealed record LoadBalancerStatus
{
    public static readonly LoadBalancerStatus Empty = new();

    [Doc("Points of entry, or rules for incoming traffic.")]
    public ValueList<LoadBalancerIngress> Ingress { get; init; } = [];
}

public sealed record LoadBalancerIngress
{
    [Doc("IP address.")]
    public string? Ip { get; init; }

    [Doc("Host name.")]
    public string? Hostname { get; init; }

    [Doc("Whether traffic reaches nodes with the balancer's address."), Pointer]
    public string? IpMode { get; init; }

    [Doc("The ports.")]
    public ValueList<PortStatus> Ports { get; init; } = [];
}

[Doc("What a Port was last seen to be.")]
public sealed record PortStatus
{
    [Doc("Number of the port."), Required]
    public int Port { get; init; }

    [Doc("Protocol: TCP, UDP or SCTP."), Required, Values("TCP", "UDP", "SCTP")]
    public string Protocol { get; init; } = "";

    [Doc("What went wrong."), Pointer]
    public string? Error { get; init; }
}
