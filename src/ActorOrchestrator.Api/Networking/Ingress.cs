using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Networking;

[Doc("Routes from outside to services, by host and path.")]
public sealed record Ingress() : KubeObject("networking.k8s.io/v1", "Ingress")
{
    [Doc("What is wanted.")]
    public IngressSpec Spec { get; init; } = IngressSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public IngressStatus Status { get; init; } = IngressStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (IngressStatus?)status ?? IngressStatus.Empty };
}

[Doc("What an ingress is to be.")]
public sealed record IngressSpec
{
    public static readonly IngressSpec Empty = new();

    [Doc("Class that implements the ingress."), Pointer]
    public string? IngressClassName { get; init; }

    [Doc("Where requests go that no rule matches.")]
    public IngressBackend? DefaultBackend { get; init; }

    [Doc("Hosts served with TLS, and their certificates.")]
    public ValueList<IngressTLS> Tls { get; init; } = [];

    [Doc("The rules.")]
    public ValueList<IngressRule> Rules { get; init; } = [];
}

public sealed record IngressBackend
{
    public static readonly IngressBackend Empty = new();

    [Doc("Service that is meant.")]
    public IngressServiceBackend? Service { get; init; }

    [Doc("Name of the resource.")]
    public TypedLocalObjectReference? Resource { get; init; }
}

public sealed record IngressServiceBackend
{
    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Number of the port.")]
    public ServiceBackendPort Port { get; init; } = ServiceBackendPort.Empty;
}

[Atomic]
public sealed record ServiceBackendPort
{
    public static readonly ServiceBackendPort Empty = new();

    [Doc("Name of the object that is meant.")]
    public string? Name { get; init; }

    [Doc("Number of the port.")]
    public int Number { get; init; }
}

public sealed record IngressTLS
{
    [Doc("Names of the hosts.")]
    public ValueList<string> Hosts { get; init; } = [];

    [Doc("Secret with certificate and key.")]
    public string? SecretName { get; init; }
}

public sealed record IngressRule
{
    [Doc("Host that the rule is for; empty for all.")]
    public string? Host { get; init; }

    [Doc("Rules for HTTP.")]
    public HTTPIngressRuleValue? Http { get; init; }
}

public sealed record HTTPIngressRuleValue
{
    [Doc("Paths and their backends."), Required]
    public ValueList<HTTPIngressPath> Paths { get; init; } = [];
}

public sealed record HTTPIngressPath
{
    [Doc("Path to match.")]
    public string? Path { get; init; }

    [Doc("How the path is compared: Exact, Prefix or ImplementationSpecific."), Required, Pointer]
    public string? PathType { get; init; }

    [Doc("Where matching requests go."), Required]
    public IngressBackend Backend { get; init; } = IngressBackend.Empty;
}

[Doc("What a Ingress was last seen to be.")]
public sealed record IngressStatus
{
    public static readonly IngressStatus Empty = new();

    [Doc("Where the load balancer is reached.")]
    public IngressLoadBalancerStatus LoadBalancer { get; init; } = IngressLoadBalancerStatus.Empty;
}

[Doc("What a IngressLoadBalancer was last seen to be.")]
public sealed record IngressLoadBalancerStatus
{
    public static readonly IngressLoadBalancerStatus Empty = new();

    [Doc("Points of entry, or rules for incoming traffic.")]
    public ValueList<IngressLoadBalancerIngress> Ingress { get; init; } = [];
}

public sealed record IngressLoadBalancerIngress
{
    [Doc("IP address.")]
    public string? Ip { get; init; }

    [Doc("Host name.")]
    public string? Hostname { get; init; }

    [Doc("The ports.")]
    public ValueList<IngressPortStatus> Ports { get; init; } = [];
}

[Doc("What a IngressPort was last seen to be.")]
public sealed record IngressPortStatus
{
    [Doc("Number of the port."), Required]
    public int Port { get; init; }

    [Doc("Protocol: TCP, UDP or SCTP."), Required, Values("TCP", "UDP", "SCTP")]
    public string Protocol { get; init; } = "";

    [Doc("What went wrong."), Pointer]
    public string? Error { get; init; }
}

[Doc("What implements ingresses.")]
public sealed record IngressClass() : KubeObject("networking.k8s.io/v1", "IngressClass")
{
    [Doc("What is wanted.")]
    public IngressClassSpec Spec { get; init; } = IngressClassSpec.Empty;
}

[Doc("What is wanted of a IngressClass.")]
public sealed record IngressClassSpec
{
    public static readonly IngressClassSpec Empty = new();

    [Doc("Controller that implements the class.")]
    public string? Controller { get; init; }

    [Doc("Further settings.")]
    public IngressClassParametersReference? Parameters { get; init; }
}

public sealed record IngressClassParametersReference
{
    [Doc("API group of the object that is meant."), Pointer]
    public string? ApiGroup { get; init; }

    [Doc("Kind of the object that is meant."), Required]
    public string Kind { get; init; } = "";

    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";

    [Doc("Whether the object is in a namespace or in the cluster."), AlwaysWritten, Pointer]
    public string? Scope { get; init; }

    [Doc("Namespace of the object that is meant."), Pointer]
    public string? Namespace { get; init; }
}
