namespace ActorOrchestrator.Api.Discovery;

[Doc("Some of the addresses behind a service.")]
public sealed record EndpointSlice() : KubeObject("discovery.k8s.io/v1", "EndpointSlice")
{
    [Doc("Kind of the addresses: IPv4, IPv6 or FQDN."), Required]
    public string AddressType { get; init; } = "";

    [Doc("The endpoints."), Required]
    public ValueList<Endpoint> Endpoints { get; init; } = [];

    [Doc("The ports."), AlwaysWritten]
    public ValueList<EndpointPort> Ports { get; init; } = [];
}

public sealed record Endpoint
{
    [Doc("The addresses."), Required, ListSet]
    public ValueList<string> Addresses { get; init; } = [];

    [Doc("Whether the endpoint is ready, serving or terminating.")]
    public EndpointConditions Conditions { get; init; } = EndpointConditions.Empty;

    [Doc("Host name."), Pointer]
    public string? Hostname { get; init; }

    [Doc("Object behind the endpoint.")]
    public ObjectReference? TargetRef { get; init; }

    [Doc("Old topology labels.")]
    public ValueMap<string> DeprecatedTopology { get; init; } = ValueMap<string>.Empty;

    [Doc("Node that the endpoint is on."), Pointer]
    public string? NodeName { get; init; }

    [Doc("Zone that the endpoint is in."), Pointer]
    public string? Zone { get; init; }

    [Doc("Who should use the endpoint.")]
    public EndpointHints? Hints { get; init; }
}

public sealed record EndpointConditions
{
    public static readonly EndpointConditions Empty = new();

    [Doc("Whether the endpoint takes traffic.")]
    public bool? Ready { get; init; }

    [Doc("Whether the endpoint serves, even while it ends.")]
    public bool? Serving { get; init; }

    [Doc("Whether the endpoint is being ended.")]
    public bool? Terminating { get; init; }
}

public sealed record EndpointHints
{
    [Doc("Zones that should use the endpoint.")]
    public ValueList<ForZone> ForZones { get; init; } = [];

    [Doc("Nodes that should use the endpoint.")]
    public ValueList<ForNode> ForNodes { get; init; } = [];
}

public sealed record ForZone
{
    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";
}

public sealed record ForNode
{
    [Doc("Name of the object that is meant."), Required]
    public string Name { get; init; } = "";
}

[Atomic]
public sealed record EndpointPort
{
    [Doc("Name of the port."), Pointer]
    public string? Name { get; init; }

    [Doc("Protocol: TCP, UDP or SCTP."), Pointer, Values("TCP", "UDP", "SCTP")]
    public string? Protocol { get; init; }

    [Doc("Number of the port.")]
    public int? Port { get; init; }

    [Doc("Protocol of the application, such as kubernetes.io/h2c."), Pointer]
    public string? AppProtocol { get; init; }
}
