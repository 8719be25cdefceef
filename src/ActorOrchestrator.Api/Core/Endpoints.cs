namespace ActorOrchestrator.Api.Core;

public sealed record Endpoints() : KubeObject("v1", "Endpoints")
{
    public ValueList<EndpointSubset> Subsets { get; init; } = [];
}

public sealed record EndpointSubset
{
    public ValueList<EndpointAddress> Addresses { get; init; } = [];
    public ValueList<EndpointAddress> NotReadyAddresses { get; init; } = [];
    public ValueList<EndpointPort> Ports { get; init; } = [];
}

[Atomic]
public sealed record EndpointAddress
{
    [Required] public string Ip { get; init; } = "";
    public string? Hostname { get; init; }
    [Pointer] public string? NodeName { get; init; }
    public ObjectReference? TargetRef { get; init; }
}

[Atomic]
public sealed record EndpointPort
{
    public string? Name { get; init; }
    [Required] public int Port { get; init; }
    [Values("TCP", "UDP", "SCTP")] public string? Protocol { get; init; }
    [Pointer] public string? AppProtocol { get; init; }
}
