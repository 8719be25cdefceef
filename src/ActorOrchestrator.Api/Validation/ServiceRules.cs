using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of Services but for those of their addresses.</summary>
internal static class ServiceRules
{
    private const int AffinitySecondsMax = 86400;
    private const int NodePortMin = 30000;
    private const int NodePortMax = 32767;
    private const string SourceRanges = "service.beta.kubernetes.io/load-balancer-source-ranges";
    private const string TopologyHints = "service.kubernetes.io/topology-aware-hints";
    private const string TopologyMode = "service.kubernetes.io/topology-mode";
    private const string OnlyLoadBalancers = "may only be used when `type` is 'LoadBalancer'";

    private static readonly FieldPath Spec = FieldPath.Root("spec");
    private static readonly FieldPath Annotations = FieldPath.Root("metadata").Child("annotations");

    public static void Check(FieldErrors errors, Service service)
    {
        var spec = service.Spec;
        CheckTopology(errors, service.Metadata.Annotations);
        if (spec.Ports.Count == 0 && !ServiceAddressRules.IsHeadless(spec) && spec.Type != "ExternalName")
        {
            errors.Required(Spec.Child("ports"));
        }

        CheckType(errors, spec);
        CheckPorts(errors, spec);
        MetadataRules.CheckLabels(errors, Spec.Child("selector"), spec.Selector);
        CheckAffinity(errors, spec);
        ServiceAddressRules.Check(errors, spec);
        CheckLoadBalancer(errors, service);
        CheckExternalTraffic(errors, spec);
        CheckInternalTraffic(errors, spec);
    }

    public static void CheckUpdate(FieldErrors errors, ServiceSpec old, ServiceSpec @new)
    {
        ServiceAddressRules.CheckUpdate(errors, old, @new);
        if (old.Type == "LoadBalancer" && @new.Type == "LoadBalancer"
            && old.LoadBalancerClass != @new.LoadBalancerClass)
        {
            errors.InvalidJson(Spec.Child("loadBalancerClass"),
                @new.LoadBalancerClass is { } name ? FieldError.Quote(name) : "null", "may not change once set");
        }

        if (NeedsHealthCheck(old) && NeedsHealthCheck(@new) && old.HealthCheckNodePort != @new.HealthCheckNodePort)
        {
            errors.Forbidden(Spec.Child("healthCheckNodePort"), MetadataRules.Immutable);
        }
    }

    private static bool NeedsHealthCheck(ServiceSpec spec) =>
        spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" };

    private static void CheckTopology(FieldErrors errors, ValueMap<string> annotations)
    {
        if (annotations.TryGetValue(TopologyMode, out var mode) && annotations.TryGetValue(TopologyHints, out var hints)
            && mode != hints)
        {
            errors.Invalid(Annotations.Key(TopologyMode), mode,
                $"must match annotations[{TopologyHints}] when both are specified");
        }
    }

    private static void CheckType(FieldErrors errors, ServiceSpec spec)
    {
        switch (spec.Type)
        {
            case null or "":
                errors.Required(Spec.Child("type"));
                break;
            case "LoadBalancer" or "NodePort" when ServiceAddressRules.IsHeadless(spec):
                errors.Invalid(Spec.Child("clusterIPs").Index(0), "None",
                    $"may not be set to 'None' for {spec.Type} services");
                break;
            case "ExternalName":
                CheckExternalName(errors, spec);
                break;
            case "ClusterIP" or "LoadBalancer" or "NodePort":
                break;
            default:
                errors.NotSupported(Spec.Child("type"), spec.Type,
                    "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
                break;
        }
    }

    private static void CheckExternalName(FieldErrors errors, ServiceSpec spec)
    {
        ForbidWithName(errors, "clusterIPs", spec.ClusterIPs.Count > 0 || !string.IsNullOrEmpty(spec.ClusterIP));
        ForbidWithName(errors, "ipFamilies", spec.IpFamilies.Count > 0);
        ForbidWithName(errors, "ipFamilyPolicy", spec.IpFamilyPolicy is not null);
        var name = spec.ExternalName ?? "";
        name = name.EndsWith('.') ? name[..^1] : name;
        if (name.Length == 0)
        {
            errors.Required(Spec.Child("externalName"));
        }
        else
        {
            errors.Invalid(Spec.Child("externalName"), name, NameRules.Subdomain(name));
        }
    }

    private static void ForbidWithName(FieldErrors errors, string field, bool isSet)
    {
        if (isSet)
        {
            errors.Forbidden(Spec.Child(field), "may not be set for ExternalName services");
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
            if (!string.IsNullOrEmpty(port.Name))
            {
                errors.Invalid(at.Child("name"), port.Name, NameRules.Label(port.Name));
                if (!names.Add(port.Name))
                {
                    errors.Duplicate(at.Child("name"), port.Name);
                }
            }
            else if (spec.Ports.Count > 1)
            {
                errors.Required(at.Child("name"));
            }

            errors.Invalid(at.Child("port"), port.Port, NameRules.PortNumber(port.Port));
            ContainerRules.CheckProtocol(errors, at.Child("protocol"), port.Protocol);
            if (port.TargetPort is { } target)
            {
                ProbeRules.CheckPort(errors, at.Child("targetPort"), target);
            }

            if (port.AppProtocol is { } protocol)
            {
                errors.Invalid(at.Child("appProtocol"), protocol, NameRules.QualifiedName(protocol));
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
        else if (port.NodePort is < NodePortMin or > NodePortMax)
        {
            errors.Invalid(path, port.NodePort, "provided port is not in the valid range. The range of valid ports is "
                + $"{NodePortMin}-{NodePortMax}");
        }

        if (!taken.Add((port.Protocol, port.NodePort)))
        {
            errors.Duplicate(path, port.NodePort);
        }
    }

    private static void CheckAffinity(FieldErrors errors, ServiceSpec spec)
    {
        var path = Spec.Child("sessionAffinity");
        switch (spec.SessionAffinity)
        {
            case null or "":
                errors.Required(path);
                break;
            case "None" when spec.SessionAffinityConfig is not null:
                errors.Forbidden(Spec.Child("sessionAffinityConfig"),
                    "must not be set when session affinity is None");
                break;
            case "ClientIP":
                CheckAffinityTimeout(errors, Spec.Child("sessionAffinityConfig"), spec.SessionAffinityConfig);
                break;
            case "None":
                break;
            default:
                errors.NotSupported(path, spec.SessionAffinity, "ClientIP", "None");
                break;
        }
    }

    private static void CheckAffinityTimeout(FieldErrors errors, FieldPath path, SessionAffinityConfig? config)
    {
        var at = path.Child("clientIP", "timeoutSeconds");
        switch (config?.ClientIP?.TimeoutSeconds)
        {
            case null:
                errors.Required(at, "when session affinity type is ClientIP");
                break;
            case <= 0 or > AffinitySecondsMax:
                errors.Invalid(at, config.ClientIP.TimeoutSeconds.Value,
                    $"must be greater than 0 and less than {AffinitySecondsMax}");
                break;
            default:
                break;
        }
    }

    private static void CheckLoadBalancer(FieldErrors errors, Service service)
    {
        var spec = service.Spec;
        var ranges = Spec.Child("LoadBalancerSourceRanges");
        if (spec.LoadBalancerSourceRanges.Count > 0)
        {
            ForbidElsewhere(errors, ranges, spec, isSet: true);
            for (var i = 0; i < spec.LoadBalancerSourceRanges.Count; i++)
            {
                AddressRules.CheckCidr(errors, ranges.Index(i), spec.LoadBalancerSourceRanges[i].Trim());
            }
        }
        else if (service.Metadata.Annotations.TryGetValue(SourceRanges, out var listed))
        {
            ForbidElsewhere(errors, Annotations.Key(SourceRanges), spec, isSet: true);
            foreach (var range in listed.Trim().Length == 0 ? [] : listed.Trim().Split(','))
            {
                AddressRules.CheckCidr(errors, Annotations.Key(SourceRanges), range.Trim());
            }
        }

        ForbidElsewhere(
            errors, Spec.Child("allocateLoadBalancerNodePorts"), spec, spec.AllocateLoadBalancerNodePorts is not null);
        ForbidElsewhere(errors, Spec.Child("loadBalancerClass"), spec, spec.LoadBalancerClass is not null);
        if (spec is { Type: "LoadBalancer", LoadBalancerClass: { } name })
        {
            errors.Invalid(Spec.Child("loadBalancerClass"), name, NameRules.QualifiedName(name));
        }
    }

    private static void ForbidElsewhere(FieldErrors errors, FieldPath path, ServiceSpec spec, bool isSet)
    {
        if (isSet && spec.Type != "LoadBalancer")
        {
            errors.Forbidden(path, OnlyLoadBalancers);
        }
    }

    private static void CheckExternalTraffic(FieldErrors errors, ServiceSpec spec)
    {
        var path = Spec.Child("externalTrafficPolicy");
        var isReachable = spec.Type is "NodePort" or "LoadBalancer"
            || (spec.Type == "ClusterIP" && spec.ExternalIPs.Count > 0);
        switch (spec.ExternalTrafficPolicy)
        {
            case null or "":
                if (isReachable)
                {
                    errors.Required(path);
                }

                break;
            case { } policy when !isReachable:
                errors.Invalid(path, policy, "may only be set for externally-accessible services");
                break;
            case not ("Cluster" or "Local"):
                errors.NotSupported(path, spec.ExternalTrafficPolicy, "Cluster", "Local");
                break;
            default:
                break;
        }

        var port = spec.HealthCheckNodePort;
        if (port != 0 && !NeedsHealthCheck(spec))
        {
            errors.Invalid(Spec.Child("healthCheckNodePort"), port,
                "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        }
        else if (port != 0)
        {
            errors.Invalid(Spec.Child("healthCheckNodePort"), port, NameRules.PortNumber(port));
        }
    }

    private static void CheckInternalTraffic(FieldErrors errors, ServiceSpec spec)
    {
        var path = Spec.Child("internalTrafficPolicy");
        if (spec is { InternalTrafficPolicy: null, Type: "ClusterIP" or "NodePort" or "LoadBalancer" })
        {
            errors.Required(path);
        }
        else if (spec.InternalTrafficPolicy is not (null or "Cluster" or "Local"))
        {
            errors.NotSupported(path, spec.InternalTrafficPolicy, "Cluster", "Local");
        }

        if (spec.TrafficDistribution is not (null or "PreferClose" or "PreferSameNode" or "PreferSameZone"))
        {
            errors.NotSupported(Spec.Child("trafficDistribution"), spec.TrafficDistribution,
                "PreferClose", "PreferSameNode", "PreferSameZone");
        }
    }
}
