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
        var isReachableFromOutside = type is "NodePort" or "LoadBalancer"
            || (type == "ClusterIP" && spec.ExternalIPs.Count > 0);
        var affinity = spec.SessionAffinity ?? "None";
        var addresses = spec.ClusterIPs.Count == 0 && !string.IsNullOrEmpty(spec.ClusterIP)
            ? ValueList.Create<string>([spec.ClusterIP])
            : spec.ClusterIPs;
        var families = spec.IpFamilies.Count > 0 || isExternalName ? spec.IpFamilies : FamiliesOf(addresses);
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
                ClusterIPs = addresses,
                IpFamilyPolicy = spec.IpFamilyPolicy ?? (isExternalName ? null
                    : families.Count > 1 || addresses.Count > 1 ? "RequireDualStack" : "SingleStack"),
                IpFamilies = families,
            },
        };
    }

    /// <summary>What an update leaves out because the cluster filled it in stays, and what only the old type had goes
    /// (Kubernetes' patchAllocatedValues and dropTypeDependentFields).</summary>
    public static Service Keep(Service old, Service @new) => @new with
    {
        Spec = Dropped(old.Spec, Kept(old.Spec, @new.Spec)),
    };

    private static bool HasAddress(ServiceSpec spec) => (spec.Type ?? "ClusterIP") != "ExternalName";

    private static bool HasNodePorts(ServiceSpec spec) => spec.Type is "NodePort" or "LoadBalancer";

    private static IEnumerable<int> NodePortsOf(ServiceSpec spec) => spec.Ports.Select(port => port.NodePort);

    private static bool HasHealthCheck(ServiceSpec spec) =>
        spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" };

    private static ServiceSpec Kept(ServiceSpec old, ServiceSpec @new)
    {
        if (HasAddress(old) && HasAddress(@new))
        {
            var address = string.IsNullOrEmpty(@new.ClusterIP) ? old.ClusterIP : @new.ClusterIP;
            @new = @new with
            {
                ClusterIP = address,
                ClusterIPs = @new.ClusterIPs.Count == 0 && address == old.ClusterIP ? old.ClusterIPs : @new.ClusterIPs,
            };
        }

        if (HasNodePorts(old) && HasNodePorts(@new))
        {
            @new = @new with { Ports = @new.Ports.Transform(port => WithNodePortOf(old, @new, port)) };
        }

        return HasHealthCheck(old) && HasHealthCheck(@new) && @new.HealthCheckNodePort == 0
            ? @new with { HealthCheckNodePort = old.HealthCheckNodePort }
            : @new;
    }

    private static ServicePort WithNodePortOf(ServiceSpec old, ServiceSpec @new, ServicePort port)
    {
        var had = old.Ports.FirstOrDefault(
            each => each.Port == port.Port && (each.Protocol ?? "TCP") == (port.Protocol ?? "TCP"));
        return port.NodePort != 0 || had is null || @new.Ports.Any(each => each.NodePort == had.NodePort)
            ? port
            : port with { NodePort = had.NodePort };
    }

    private static ServiceSpec Dropped(ServiceSpec old, ServiceSpec @new)
    {
        if (HasAddress(old) && !HasAddress(@new))
        {
            var isSame = old.ClusterIP == @new.ClusterIP && old.ClusterIPs == @new.ClusterIPs;
            @new = @new with
            {
                ClusterIP = isSame ? null : @new.ClusterIP,
                ClusterIPs = isSame ? [] : @new.ClusterIPs,
                IpFamilies = old.IpFamilies == @new.IpFamilies ? [] : @new.IpFamilies,
                IpFamilyPolicy = Gone(old.IpFamilyPolicy, @new.IpFamilyPolicy),
            };
        }

        var hasLostPorts = HasNodePorts(old) && !HasNodePorts(@new);
        if (hasLostPorts && NodePortsOf(old).SequenceEqual(NodePortsOf(@new)))
        {
            @new = @new with { Ports = @new.Ports.Transform(port => port with { NodePort = 0 }) };
        }

        if (hasLostPorts && @new.ExternalIPs.Count == 0)
        {
            @new = @new with
            {
                ExternalTrafficPolicy = Gone(old.ExternalTrafficPolicy, @new.ExternalTrafficPolicy),
            };
        }

        if (HasHealthCheck(old) && !HasHealthCheck(@new) && old.HealthCheckNodePort == @new.HealthCheckNodePort)
        {
            @new = @new with { HealthCheckNodePort = 0 };
        }

        return old.Type != "LoadBalancer" || @new.Type == "LoadBalancer" ? @new : @new with
        {
            AllocateLoadBalancerNodePorts = old.AllocateLoadBalancerNodePorts == @new.AllocateLoadBalancerNodePorts
                ? null
                : @new.AllocateLoadBalancerNodePorts,
            LoadBalancerClass = Gone(old.LoadBalancerClass, @new.LoadBalancerClass),
        };
    }

    /// <summary>What was not changed by whoever changed the type was not meant.</summary>
    private static string? Gone(string? old, string? @new) => old == @new ? null : @new;

    private static ValueList<string> FamiliesOf(ValueList<string> addresses)
    {
        var families = addresses.Select(address => address.Contains(':') ? "IPv6" : "IPv4").Distinct().ToValueList();
        return families.Count > 0 ? families : ["IPv4"];
    }

    public static Endpoints Fill(Endpoints endpoints) => endpoints with
    {
        Subsets = endpoints.Subsets.Transform(subset => subset with
        {
            Ports = subset.Ports.Transform(port => port with { Protocol = port.Protocol ?? "TCP" }),
        }),
    };

    /// <summary>The topology of the version before cannot be written by this one.</summary>
    public static EndpointSlice Fill(EndpointSlice slice) => slice with
    {
        Endpoints = slice.Endpoints.Transform(endpoint =>
            endpoint with { DeprecatedTopology = ValueMap<string>.Empty }),
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
