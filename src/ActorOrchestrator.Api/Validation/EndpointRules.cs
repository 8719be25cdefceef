using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Discovery;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of Endpoints and EndpointSlices.</summary>
internal static class EndpointRules
{
    private const int EndpointsMax = 1000;
    private const int AddressesMax = 100;
    private const int PortsMax = 20_000;
    private const int HintsMax = 8;

    public static void Check(FieldErrors errors, EndpointSlice slice)
    {
        if (slice.AddressType.Length == 0)
        {
            errors.Required(FieldPath.Root("addressType"));
        }
        else if (slice.AddressType is not ("IPv4" or "IPv6" or "FQDN"))
        {
            errors.NotSupported(FieldPath.Root("addressType"), slice.AddressType, "FQDN", "IPv4", "IPv6");
        }

        var path = FieldPath.Root("endpoints");
        if (slice.Endpoints.Count > EndpointsMax)
        {
            errors.TooMany(path, slice.Endpoints.Count, EndpointsMax);
        }

        for (var i = 0; slice.Endpoints.Count <= EndpointsMax && i < slice.Endpoints.Count; i++)
        {
            CheckEndpoint(errors, path.Index(i), slice.Endpoints[i], slice.AddressType);
        }

        CheckPorts(errors, FieldPath.Root("ports"), slice.Ports);
    }

    public static void CheckUpdate(FieldErrors errors, EndpointSlice old, EndpointSlice @new)
    {
        if (old.AddressType != @new.AddressType)
        {
            errors.Invalid(FieldPath.Root("addressType"), @new.AddressType, MetadataRules.Immutable);
        }
    }

    public static void Check(FieldErrors errors, Endpoints endpoints)
    {
        for (var i = 0; i < endpoints.Subsets.Count; i++)
        {
            var subset = endpoints.Subsets[i];
            var at = FieldPath.Root("subsets").Index(i);
            if (subset.Addresses.Count + subset.NotReadyAddresses.Count == 0)
            {
                errors.Required(at, "must specify `addresses` or `notReadyAddresses`");
            }

            CheckAddresses(errors, at.Child("addresses"), subset.Addresses);
            CheckAddresses(errors, at.Child("notReadyAddresses"), subset.NotReadyAddresses);
            for (var j = 0; j < subset.Ports.Count; j++)
            {
                CheckPort(errors, at.Child("ports").Index(j), subset.Ports[j], needsName: subset.Ports.Count > 1);
            }
        }
    }

    private static void CheckPort(FieldErrors errors, FieldPath path, Core.EndpointPort port, bool needsName)
    {
        if (!string.IsNullOrEmpty(port.Name))
        {
            errors.Invalid(path.Child("name"), port.Name, NameRules.Label(port.Name));
        }
        else if (needsName)
        {
            errors.Required(path.Child("name"));
        }

        errors.Invalid(path.Child("port"), port.Port, NameRules.PortNumber(port.Port));
        ContainerRules.CheckProtocol(errors, path.Child("protocol"), port.Protocol);
        CheckApplication(errors, path.Child("appProtocol"), port.AppProtocol);
    }

    private static void CheckApplication(FieldErrors errors, FieldPath path, string? protocol)
    {
        if (protocol is not null)
        {
            errors.Invalid(path, protocol, NameRules.QualifiedName(protocol));
        }
    }

    private static void CheckAddresses(FieldErrors errors, FieldPath path, ValueList<EndpointAddress> addresses)
    {
        for (var i = 0; i < addresses.Count; i++)
        {
            var (address, at) = (addresses[i], path.Index(i));
            AddressRules.CheckOrdinary(errors, at.Child("ip"), address.Ip);
            if (!string.IsNullOrEmpty(address.Hostname))
            {
                errors.Invalid(at.Child("hostname"), address.Hostname, NameRules.Label(address.Hostname));
            }

            if (address.NodeName is { } node)
            {
                errors.Invalid(at.Child("nodeName"), node, NameRules.Subdomain(node));
            }
        }
    }

    private static void CheckEndpoint(FieldErrors errors, FieldPath path, Endpoint endpoint, string addressType)
    {
        var addresses = path.Child("addresses");
        if (endpoint.Addresses.Count == 0)
        {
            errors.Required(addresses, "must contain at least 1 address");
        }
        else if (endpoint.Addresses.Count > AddressesMax)
        {
            errors.TooMany(addresses, endpoint.Addresses.Count, AddressesMax);
        }

        for (var i = 0; i < endpoint.Addresses.Count; i++)
        {
            CheckAddress(errors, addresses.Index(i), endpoint.Addresses[i], addressType);
        }

        if (endpoint.NodeName is { } node)
        {
            errors.Invalid(path.Child("nodeName"), node, NameRules.Subdomain(node));
        }

        if (endpoint.Hostname is { } host)
        {
            errors.Invalid(path.Child("hostname"), host, NameRules.Label(host));
        }

        if (endpoint.Hints is { } hints)
        {
            var at = path.Child("hints");
            CheckHints(errors, at.Child("forZones"), hints.ForZones.Select(zone => zone.Name), NameRules.LabelValue);
            CheckHints(errors, at.Child("forNodes"), hints.ForNodes.Select(node => node.Name), NameRules.Subdomain);
        }
    }

    /// <summary>Zones and nodes that are to use an endpoint: names, once each.</summary>
    private static void CheckHints(
        FieldErrors errors, FieldPath path, IEnumerable<string> names, Func<string, IReadOnlyList<string>> rule)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var all = names.ToList();
        if (all.Count > HintsMax)
        {
            errors.TooMany(path, all.Count, HintsMax);
            return;
        }

        for (var i = 0; i < all.Count; i++)
        {
            var at = path.Index(i).Child("name");
            if (!seen.Add(all[i]))
            {
                errors.Duplicate(at, all[i]);
            }

            errors.Invalid(at, all[i], rule(all[i]));
        }
    }

    private static void CheckAddress(FieldErrors errors, FieldPath path, string address, string type)
    {
        switch (type)
        {
            case "FQDN":
                CheckDomain(errors, path, address);
                break;
            case "IPv4" or "IPv6":
                if (!AddressRules.TryParse(address, out var parsed)
                    || AddressRules.IsSix(parsed) != (type == "IPv6"))
                {
                    errors.Invalid(path, address, $"must be an {type} address");
                }
                else
                {
                    AddressRules.CheckOrdinary(errors, path, address);
                }

                break;
            default:
                // A slice of no known type is refused for that.
                break;
        }
    }

    private static void CheckDomain(FieldErrors errors, FieldPath path, string name)
    {
        if (name.Length == 0)
        {
            errors.Required(path);
            return;
        }

        name = name.EndsWith('.') ? name[..^1] : name;
        var complaints = NameRules.Subdomain(name);
        if (complaints.Count > 0)
        {
            errors.Invalid(path, name, string.Join(',', complaints));
        }
        else if (!name.Contains('.', StringComparison.Ordinal))
        {
            errors.Invalid(path, name, "should be a domain with at least two segments separated by dots");
        }
    }

    private static void CheckPorts(FieldErrors errors, FieldPath path, ValueList<Discovery.EndpointPort> ports)
    {
        if (ports.Count > PortsMax)
        {
            errors.TooMany(path, ports.Count, PortsMax);
            return;
        }

        var names = new HashSet<string>();
        for (var i = 0; i < ports.Count; i++)
        {
            var port = ports[i];
            var at = path.Index(i);
            var name = port.Name ?? "";
            if (name.Length > 0)
            {
                errors.Invalid(at.Child("name"), name, NameRules.Label(name));
            }

            if (!names.Add(name))
            {
                errors.Duplicate(at.Child("name"), name);
            }

            ContainerRules.CheckProtocol(errors, at.Child("protocol"), port.Protocol);
            CheckApplication(errors, at.Child("appProtocol"), port.AppProtocol);
        }
    }
}
