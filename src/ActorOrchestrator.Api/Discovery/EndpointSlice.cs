namespace ActorOrchestrator.Api.Discovery;

public sealed record EndpointSlice() : KubeObject("discovery.k8s.io/v1", "EndpointSlice")
{
    [Required] public string AddressType { get; init; } = "";
    [Required] public ValueList<Endpoint> Endpoints { get; init; } = [];
    [AlwaysWritten] public ValueList<EndpointPort> Ports { get; init; } = [];
}

public sealed record Endpoint
{
    [Required, ListSet] public ValueList<string> Addresses { get; init; } = [];
    public EndpointConditions Conditions { get; init; } = EndpointConditions.Empty;
    [Pointer] public string? Hostname { get; init; }
    public ObjectReference? TargetRef { get; init; }
    public ValueMap<string> DeprecatedTopology { get; init; } = ValueMap<string>.Empty;
    [Pointer] public string? NodeName { get; init; }
    [Pointer] public string? Zone { get; init; }
    public EndpointHints? Hints { get; init; }
}

public sealed record EndpointConditions
{
    public static readonly EndpointConditions Empty = new();
    public bool? Ready { get; init; }
    public bool? Serving { get; init; }
    public bool? Terminating { get; init; }
}

public sealed record EndpointHints
{
    public ValueList<ForZone> ForZones { get; init; } = [];
    public ValueList<ForNode> ForNodes { get; init; } = [];
}

public sealed record ForZone
{
    [Required] public string Name { get; init; } = "";
}

public sealed record ForNode
{
    [Required] public string Name { get; init; } = "";
}

[Atomic]
public sealed record EndpointPort
{
    [Pointer] public string? Name { get; init; }
    [Pointer, Values("TCP", "UDP", "SCTP")] public string? Protocol { get; init; }
    public int? Port { get; init; }
    [Pointer] public string? AppProtocol { get; init; }
}
