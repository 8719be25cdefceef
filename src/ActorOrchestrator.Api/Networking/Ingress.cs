using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Networking;

public sealed record Ingress() : KubeObject("networking.k8s.io/v1", "Ingress")
{
    public IngressSpec Spec { get; init; } = IngressSpec.Empty;
    public IngressStatus Status { get; init; } = IngressStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (IngressStatus?)status ?? IngressStatus.Empty };
}

public sealed record IngressSpec
{
    public static readonly IngressSpec Empty = new();
    [Pointer] public string? IngressClassName { get; init; }
    public IngressBackend? DefaultBackend { get; init; }
    public ValueList<IngressTLS> Tls { get; init; } = [];
    public ValueList<IngressRule> Rules { get; init; } = [];
}

public sealed record IngressBackend
{
    public static readonly IngressBackend Empty = new();
    public IngressServiceBackend? Service { get; init; }
    public TypedLocalObjectReference? Resource { get; init; }
}

public sealed record IngressServiceBackend
{
    [Required] public string Name { get; init; } = "";
    public ServiceBackendPort Port { get; init; } = ServiceBackendPort.Empty;
}

[Atomic]
public sealed record ServiceBackendPort
{
    public static readonly ServiceBackendPort Empty = new();
    public string? Name { get; init; }
    public int Number { get; init; }
}

public sealed record IngressTLS
{
    public ValueList<string> Hosts { get; init; } = [];
    public string? SecretName { get; init; }
}

public sealed record IngressRule
{
    public string? Host { get; init; }
    public HTTPIngressRuleValue? Http { get; init; }
}

public sealed record HTTPIngressRuleValue
{
    [Required] public ValueList<HTTPIngressPath> Paths { get; init; } = [];
}

public sealed record HTTPIngressPath
{
    public string? Path { get; init; }
    [Required, Pointer] public string? PathType { get; init; }
    [Required] public IngressBackend Backend { get; init; } = IngressBackend.Empty;
}

public sealed record IngressStatus
{
    public static readonly IngressStatus Empty = new();
    public IngressLoadBalancerStatus LoadBalancer { get; init; } = IngressLoadBalancerStatus.Empty;
}

public sealed record IngressLoadBalancerStatus
{
    public static readonly IngressLoadBalancerStatus Empty = new();
    public ValueList<IngressLoadBalancerIngress> Ingress { get; init; } = [];
}

public sealed record IngressLoadBalancerIngress
{
    public string? Ip { get; init; }
    public string? Hostname { get; init; }
    public ValueList<IngressPortStatus> Ports { get; init; } = [];
}

public sealed record IngressPortStatus
{
    [Required] public int Port { get; init; }
    [Required, Values("TCP", "UDP", "SCTP")] public string Protocol { get; init; } = "";
    [Pointer] public string? Error { get; init; }
}

public sealed record IngressClass() : KubeObject("networking.k8s.io/v1", "IngressClass")
{
    public IngressClassSpec Spec { get; init; } = IngressClassSpec.Empty;
}

public sealed record IngressClassSpec
{
    public static readonly IngressClassSpec Empty = new();
    public string? Controller { get; init; }
    public IngressClassParametersReference? Parameters { get; init; }
}

public sealed record IngressClassParametersReference
{
    [Pointer] public string? ApiGroup { get; init; }
    [Required] public string Kind { get; init; } = "";
    [Required] public string Name { get; init; } = "";
    [AlwaysWritten, Pointer] public string? Scope { get; init; }
    [Pointer] public string? Namespace { get; init; }
}
