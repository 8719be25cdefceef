namespace ActorOrchestrator.Api.Core;

[Doc("The addresses behind a service.")]
public sealed record Endpoints() : KubeObject("v1", "Endpoints")
{
    [Doc("Addresses and ports that serve.")]
    public ValueList<EndpointSubset> Subsets { get; init; } = [];
}

public sealed record EndpointSubset
{
    [Doc("The addresses.")]
    public ValueList<EndpointAddress> Addresses { get; init; } = [];

    [Doc("Addresses that are not ready.")]
    public ValueList<EndpointAddress> NotReadyAddresses { get; init; } = [];

    [Doc("The ports.")]
    public ValueList<EndpointPort> Ports { get; init; } = [];
}

[Atomic]
public sealed record EndpointAddress
{
    [Doc("IP address."), Required]
    public string Ip { get; init; } = "";

    [Doc("Host name.")]
    public string? Hostname { get; init; }

    [Doc("Name of the node."), Pointer]
    public string? NodeName { get; init; }

    [Doc("Object behind the endpoint.")]
    public ObjectReference? TargetRef { get; init; }
}

[Atomic]
public sealed record EndpointPort
{
    [Doc("Name of the port.")]
    public string? Name { get; init; }

    [Doc("Number of the port."), Required]
    public int Port { get; init; }

    [Doc("Protocol: TCP, UDP or SCTP."), Values("TCP", "UDP", "SCTP")]
    public string? Protocol { get; init; }

    [Doc("Protocol of the application, such as kubernetes.io/h2c."), Pointer]
    public string? AppProtocol { get; init; }
}
