using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Discovery;
using ActorOrchestrator.Api.Networking;

namespace ActorOrchestrator.Api.Defaulting;

/// <summary>Defaults of services and of what stands around them.</summary>
internal static class ServiceDefaults
{
    private const int AffinitySeconds = 10800;

    public static Service Fill(Service service)
    {
        var spec = service.Spec;
        var type = spec.Type ?? "ClusterIP";
        var isExternalName = type == "ExternalName";
        var isReachableFromOutside = type is "NodePort" or "LoadBalancer";
        var affinity = spec.SessionAffinity ?? "None";
        return service with
        {
            Spec = spec with
            {
                Type = type,
                SessionAffinity = affinity,
                SessionAffinityConfig = affinity == "ClientIP"
                    ? new()
                    {
                        ClientIP = new()
                        {
                            TimeoutSeconds = spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds ?? AffinitySeconds,
                        },
                    }
                    : spec.SessionAffinityConfig,
                Ports = spec.Ports.Transform(Fill),
                ExternalTrafficPolicy = spec.ExternalTrafficPolicy ?? (isReachableFromOutside ? "Cluster" : null),
                InternalTrafficPolicy = spec.InternalTrafficPolicy ?? (isExternalName ? null : "Cluster"),
                AllocateLoadBalancerNodePorts =
                    spec.AllocateLoadBalancerNodePorts ?? (type == "LoadBalancer" ? true : null),
                IpFamilyPolicy = spec.IpFamilyPolicy ?? (isExternalName ? null : "SingleStack"),
                IpFamilies = spec.IpFamilies.Count == 0 && !isExternalName ? ["IPv4"] : spec.IpFamilies,
            },
        };
    }

    public static Endpoints Fill(Endpoints endpoints) => endpoints with
    {
        Subsets = endpoints.Subsets.Transform(subset => subset with
        {
            Ports = subset.Ports.Transform(port => port with { Protocol = port.Protocol ?? "TCP" }),
        }),
    };

    public static EndpointSlice Fill(EndpointSlice slice) => slice with
    {
        Ports = slice.Ports.Transform(port => port with { Name = port.Name ?? "", Protocol = port.Protocol ?? "TCP" }),
    };

    public static IngressClass Fill(IngressClass ingressClass) =>
        ingressClass.Spec.Parameters is not { } parameters
            ? ingressClass
            : ingressClass with
            {
                Spec = ingressClass.Spec with
                {
                    Parameters = parameters with { Scope = parameters.Scope ?? "Cluster" },
                },
            };

    public static NetworkPolicy Fill(NetworkPolicy policy)
    {
        var spec = policy.Spec;
        ValueList<string> types = spec.Egress.Count > 0 ? ["Ingress", "Egress"] : ["Ingress"];
        return policy with
        {
            Spec = spec with
            {
                PolicyTypes = spec.PolicyTypes.Count == 0 ? types : spec.PolicyTypes,
                Ingress = spec.Ingress.Transform(rule => rule with { Ports = rule.Ports.Transform(Fill) }),
                Egress = spec.Egress.Transform(rule => rule with { Ports = rule.Ports.Transform(Fill) }),
            },
        };
    }

    private static NetworkPolicyPort Fill(NetworkPolicyPort port) => port with { Protocol = port.Protocol ?? "TCP" };

    private static ServicePort Fill(ServicePort port) => port with
    {
        Protocol = port.Protocol ?? "TCP",
        TargetPort = port.TargetPort is null || port.TargetPort == new IntOrString(0) || port.TargetPort?.Text is ""
            ? port.Port
            : port.TargetPort,
    };
}
