using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of Services.</summary>
internal static class ServiceRules
{
    private const int AffinitySecondsMax = 86400;

    private static readonly FieldPath Spec = FieldPath.Root("spec");

    public static void Check(FieldErrors errors, Service service)
    {
        var spec = service.Spec;
        var headless = spec.ClusterIP == "None";
        if (spec.Ports.Count == 0 && !headless && spec.Type != "ExternalName")
        {
            errors.Required(Spec.Child("ports"));
        }

        CheckType(errors, spec, headless);
        CheckPorts(errors, spec);
        MetadataRules.CheckLabels(errors, Spec.Child("selector"), spec.Selector);
        CheckAffinity(errors, spec);
        CheckAddresses(errors, spec);
        CheckPolicies(errors, spec);
    }

    public static void CheckUpdate(FieldErrors errors, ServiceSpec old, ServiceSpec @new)
    {
        var keepsKind = old.Type != "ExternalName" && @new.Type != "ExternalName";
        if (!keepsKind || string.IsNullOrEmpty(old.ClusterIP) || old.ClusterIP == @new.ClusterIP)
        {
            return;
        }

        var path = Spec.Child("clusterIPs").Index(0);
        errors.InvalidJson(path, Shown.Strings(@new.ClusterIPs), string.IsNullOrEmpty(@new.ClusterIP)
            ? "primary clusterIP can not be unset"
            : "may not change once set");
    }

    private static void CheckType(FieldErrors errors, ServiceSpec spec, bool headless)
    {
        switch (spec.Type)
        {
            case null or "":
                errors.Required(Spec.Child("type"));
                break;
            case "LoadBalancer" or "NodePort" when headless:
                errors.Invalid(Spec.Child("clusterIPs").Index(0), "None",
                    $"may not be set to 'None' for {spec.Type} services");
                break;
            case "ExternalName":
                if (!string.IsNullOrEmpty(spec.ClusterIP))
                {
                    errors.Forbidden(Spec.Child("clusterIPs"), "may not be set for ExternalName services");
                }

                if (string.IsNullOrEmpty(spec.ExternalName))
                {
                    errors.Required(Spec.Child("externalName"));
                }
                else
                {
                    errors.Invalid(Spec.Child("externalName"), spec.ExternalName,
                        NameRules.Subdomain(spec.ExternalName.TrimEnd('.')));
                }

                break;
            case "ClusterIP" or "LoadBalancer" or "NodePort":
                break;
            default:
                errors.NotSupported(Spec.Child("type"), spec.Type,
                    "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
                break;
        }
    }

    private static void CheckPorts(FieldErrors errors, ServiceSpec spec)
    {
        var names = new HashSet<string>();
        var ports = new HashSet<(string?, int)>();
        var nodePorts = new HashSet<(string?, int)>();
        for (var i = 0; i < spec.Ports.Count; i++)
        {
            var port = spec.Ports[i];
            var at = Spec.Child("ports").Index(i);
            if (string.IsNullOrEmpty(port.Name))
            {
                if (spec.Ports.Count > 1)
                {
                    errors.Required(at.Child("name"));
                }
            }
            else
            {
                errors.Invalid(at.Child("name"), port.Name, NameRules.Label(port.Name));
                if (!names.Add(port.Name))
                {
                    errors.Duplicate(at.Child("name"), port.Name);
                }
            }

            errors.Invalid(at.Child("port"), port.Port, NameRules.PortNumber(port.Port));
            ContainerRules.CheckProtocol(errors, at.Child("protocol"), port.Protocol);
            if (port.TargetPort is { } target)
            {
                ProbeRules.CheckPort(errors, at.Child("targetPort"), target);
            }

            if (!string.IsNullOrEmpty(port.AppProtocol))
            {
                errors.Invalid(at.Child("appProtocol"), port.AppProtocol, NameRules.QualifiedName(port.AppProtocol));
            }

            CheckNodePort(errors, at.Child("nodePort"), spec, port, nodePorts);
            if (!ports.Add((port.Protocol, port.Port)))
            {
                errors.DuplicateJson(at, $"{{\"protocol\":\"{port.Protocol}\",\"port\":{port.Port}}}");
            }
        }
    }

    private static void CheckNodePort(
        FieldErrors errors, FieldPath path, ServiceSpec spec, ServicePort port, HashSet<(string?, int)> taken)
    {
        if (port.NodePort == 0)
        {
            return;
        }

        if (spec.Type == "ClusterIP")
        {
            errors.Forbidden(path, "may not be used when `type` is 'ClusterIP'");
        }

        errors.Invalid(path, port.NodePort, NameRules.PortNumber(port.NodePort));
        if (!taken.Add((port.Protocol, port.NodePort)))
        {
            errors.Duplicate(path, port.NodePort);
        }
    }

    private static void CheckAffinity(FieldErrors errors, ServiceSpec spec)
    {
        var path = Spec.Child("sessionAffinity");
        var seconds = spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds;
        switch (spec.SessionAffinity)
        {
            case null or "":
                errors.Required(path);
                break;
            case "None" when spec.SessionAffinityConfig is not null:
                errors.Forbidden(Spec.Child("sessionAffinityConfig"),
                    "must not be set when session affinity is None");
                break;
            case "ClientIP" when seconds is <= 0 or > AffinitySecondsMax:
                errors.Invalid(Spec.Child("sessionAffinityConfig", "clientIP").Child("timeoutSeconds"), seconds.Value,
                    $"must be greater than 0 and less than {AffinitySecondsMax}");
                break;
            case "None" or "ClientIP":
                break;
            default:
                errors.NotSupported(path, spec.SessionAffinity, "ClientIP", "None");
                break;
        }
    }

    private static void CheckAddresses(FieldErrors errors, ServiceSpec spec)
    {
        if (!string.IsNullOrEmpty(spec.ClusterIP) && spec.ClusterIP != "None")
        {
            AddressRules.CheckIP(errors, Spec.Child("clusterIP"), spec.ClusterIP);
        }

        if (spec.ClusterIPs.Count > 0 && spec.ClusterIPs[0] != (spec.ClusterIP ?? ""))
        {
            errors.InvalidJson(Spec.Child("clusterIPs"), Shown.Strings(spec.ClusterIPs),
                "first value must match `clusterIP`");
        }

        for (var i = 0; i < spec.ClusterIPs.Count; i++)
        {
            var address = spec.ClusterIPs[i];
            if (address == "None" && spec.ClusterIPs.Count > 1)
            {
                errors.InvalidJson(Spec.Child("clusterIPs"), Shown.Strings(spec.ClusterIPs),
                    "'None' must be the first and only value");
            }
            else if (address != "None")
            {
                AddressRules.CheckIP(errors, Spec.Child("clusterIPs").Index(i), address);
            }
        }

        for (var i = 0; i < spec.ExternalIPs.Count; i++)
        {
            AddressRules.CheckIP(errors, Spec.Child("externalIPs").Index(i), spec.ExternalIPs[i]);
        }

        for (var i = 0; i < spec.LoadBalancerSourceRanges.Count; i++)
        {
            AddressRules.CheckCidr(errors, Spec.Child("loadBalancerSourceRanges").Index(i),
                spec.LoadBalancerSourceRanges[i].Trim());
        }

        if (spec.LoadBalancerSourceRanges.Count > 0 && spec.Type != "LoadBalancer")
        {
            errors.Forbidden(Spec.Child("loadBalancerSourceRanges"),
                "may only be used when `type` is 'LoadBalancer'");
        }
    }

    private static void CheckPolicies(FieldErrors errors, ServiceSpec spec)
    {
        var external = Spec.Child("externalTrafficPolicy");
        var reachable = spec.Type is "NodePort" or "LoadBalancer" || spec.ExternalIPs.Count > 0;
        if (!string.IsNullOrEmpty(spec.ExternalTrafficPolicy))
        {
            if (!reachable)
            {
                errors.Invalid(external, spec.ExternalTrafficPolicy,
                    "may only be set for externally-accessible services");
            }
            else if (spec.ExternalTrafficPolicy is not ("Cluster" or "Local"))
            {
                errors.NotSupported(external, spec.ExternalTrafficPolicy, "Cluster", "Local");
            }
        }

        if (spec.InternalTrafficPolicy is not (null or "Cluster" or "Local"))
        {
            errors.NotSupported(Spec.Child("internalTrafficPolicy"), spec.InternalTrafficPolicy,
                "Cluster", "Local");
        }

        if (spec.IpFamilyPolicy is not (null or "SingleStack" or "PreferDualStack" or "RequireDualStack"))
        {
            errors.NotSupported(Spec.Child("ipFamilyPolicy"), spec.IpFamilyPolicy,
                "PreferDualStack", "RequireDualStack", "SingleStack");
        }

        var families = new HashSet<string>();
        for (var i = 0; i < spec.IpFamilies.Count; i++)
        {
            var family = spec.IpFamilies[i];
            if (family is not ("IPv4" or "IPv6"))
            {
                errors.NotSupported(Spec.Child("ipFamilies").Index(i), family, "IPv4", "IPv6");
            }
            else if (!families.Add(family))
            {
                errors.Duplicate(Spec.Child("ipFamilies").Index(i), family);
            }
        }
    }
}
