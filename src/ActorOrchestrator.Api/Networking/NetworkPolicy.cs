namespace ActorOrchestrator.Api.Networking;

[Doc("Which traffic pods may have.")]
public sealed record NetworkPolicy() : KubeObject("networking.k8s.io/v1", "NetworkPolicy")
{
    [Doc("What is wanted.")]
    public NetworkPolicySpec Spec { get; init; } = NetworkPolicySpec.Empty;
}

[Doc("What is wanted of a NetworkPolicy.")]
public sealed record NetworkPolicySpec
{
    public static readonly NetworkPolicySpec Empty = new();

    [Doc("Labels of the pods that are meant.")]
    public LabelSelector PodSelector { get; init; } = LabelSelector.Empty;

    [Doc("Points of entry, or rules for incoming traffic.")]
    public ValueList<NetworkPolicyIngressRule> Ingress { get; init; } = [];

    [Doc("Rules for outgoing traffic.")]
    public ValueList<NetworkPolicyEgressRule> Egress { get; init; } = [];

    [Doc("Directions that the policy is for."), Values("Ingress", "Egress")]
    public ValueList<string> PolicyTypes { get; init; } = [];
}

public sealed record NetworkPolicyIngressRule
{
    [Doc("The ports.")]
    public ValueList<NetworkPolicyPort> Ports { get; init; } = [];

    [Doc("Where traffic may come from.")]
    public ValueList<NetworkPolicyPeer> From { get; init; } = [];
}

public sealed record NetworkPolicyPort
{
    [Doc("Protocol: TCP, UDP or SCTP."), Pointer, Values("TCP", "UDP", "SCTP")]
    public string? Protocol { get; init; }

    [Doc("Number of the port.")]
    public IntOrString? Port { get; init; }

    [Doc("Last port of a range.")]
    public int? EndPort { get; init; }
}

public sealed record NetworkPolicyPeer
{
    [Doc("Labels of the pods that are meant.")]
    public LabelSelector? PodSelector { get; init; }

    [Doc("Labels of the namespaces that are meant.")]
    public LabelSelector? NamespaceSelector { get; init; }

    [Doc("An address range.")]
    public IPBlock? IpBlock { get; init; }
}

public sealed record IPBlock
{
    [Doc("Address range."), Required]
    public string Cidr { get; init; } = "";

    [Doc("Address ranges that are excluded.")]
    public ValueList<string> Except { get; init; } = [];
}

public sealed record NetworkPolicyEgressRule
{
    [Doc("The ports.")]
    public ValueList<NetworkPolicyPort> Ports { get; init; } = [];

    [Doc("Where traffic may go.")]
    public ValueList<NetworkPolicyPeer> To { get; init; } = [];
}
