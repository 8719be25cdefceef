using System.Net.Sockets;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Discovery;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of Endpoints and EndpointSlices.</summary>
internal static class EndpointRules
{
    private const int EndpointsMax = 1000;
    private const int AddressesMax = 100;
    private const int PortsMax = 20_000;

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

        for (var i = 0; i < slice.Endpoints.Count; i++)
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
                var port = subset.Ports[j];
                var portAt = at.Child("ports").Index(j);
                if (string.IsNullOrEmpty(port.Name))
                {
                    if (subset.Ports.Count > 1)
                    {
                        errors.Required(portAt.Child("name"));
                    }
                }
                else
                {
                    errors.Invalid(portAt.Child("name"), port.Name, NameRules.Label(port.Name));
                }
                errors.Invalid(portAt.Child("port"), port.Port, NameRules.PortNumber(port.Port));
                ContainerRules.CheckProtocol(errors, portAt.Child("protocol"), port.Protocol);
            }
        }
    }

    private static void CheckAddresses(FieldErrors errors, FieldPath path, ValueList<EndpointAddress> addresses)
    {
        for (var i = 0; i < addresses.Count; i++)
        {
            AddressRules.CheckOrdinary(errors, path.Index(i).Child("ip"), addresses[i].Ip);
            if (!string.IsNullOrEmpty(addresses[i].Hostname))
            {
                errors.Invalid(path.Index(i).Child("hostname"), addresses[i].Hostname!,
                    NameRules.Label(addresses[i].Hostname!));
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
    }

    private static void CheckAddress(FieldErrors errors, FieldPath path, string address, string type)
    {
        if (type == "FQDN")
        {
            errors.Invalid(path, address, NameRules.Subdomain(address));
            return;
        }

        var family = type == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        if (!AddressRules.TryParse(address, out var parsed))
        {
            errors.Invalid(path, address, AddressRules.NotAnAddress);
        }
        else if (parsed.AddressFamily != family)
        {
            errors.Invalid(path, address, $"must be an {type} address");
        }
    }

    private static void CheckPorts(FieldErrors errors, FieldPath path, ValueList<Discovery.EndpointPort> ports)
    {
        if (ports.Count > PortsMax)
        {
            errors.TooMany(path, ports.Count, PortsMax);
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
        }
    }
}
