namespace ActorOrchestrator.Api.Networking;

public sealed record NetworkPolicy() : KubeObject("networking.k8s.io/v1", "NetworkPolicy")
{
    public NetworkPolicySpec Spec { get; init; } = NetworkPolicySpec.Empty;
}

public sealed record NetworkPolicySpec
{
    public static readonly NetworkPolicySpec Empty = new();
    public LabelSelector PodSelector { get; init; } = LabelSelector.Empty;
    public ValueList<NetworkPolicyIngressRule> Ingress { get; init; } = [];
    public ValueList<NetworkPolicyEgressRule> Egress { get; init; } = [];
    [Values("Ingress", "Egress")] public ValueList<string> PolicyTypes { get; init; } = [];
}

public sealed record NetworkPolicyIngressRule
{
    public ValueList<NetworkPolicyPort> Ports { get; init; } = [];
    public ValueList<NetworkPolicyPeer> From { get; init; } = [];
}

public sealed record NetworkPolicyPort
{
    [Pointer, Values("TCP", "UDP", "SCTP")] public string? Protocol { get; init; }
    public IntOrString? Port { get; init; }
    public int? EndPort { get; init; }
}

public sealed record NetworkPolicyPeer
{
    public LabelSelector? PodSelector { get; init; }
    public LabelSelector? NamespaceSelector { get; init; }
    public IPBlock? IpBlock { get; init; }
}

public sealed record IPBlock
{
    [Required] public string Cidr { get; init; } = "";
    public ValueList<string> Except { get; init; } = [];
}

public sealed record NetworkPolicyEgressRule
{
    public ValueList<NetworkPolicyPort> Ports { get; init; } = [];
    public ValueList<NetworkPolicyPeer> To { get; init; } = [];
}
