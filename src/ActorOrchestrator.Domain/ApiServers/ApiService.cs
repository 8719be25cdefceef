using System.Net;
using System.Net.Sockets;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Discovery;
using EndpointPort = ActorOrchestrator.Api.Core.EndpointPort;
using SlicePort = ActorOrchestrator.Api.Discovery.EndpointPort;

namespace ActorOrchestrator.Domain.ApiServers;

/// <summary>The Service <c>default/kubernetes</c> and what stands around it, as kube-apiserver makes them.</summary>
internal static class ApiService
{
    public const string Namespace = "default";
    public const string AuthenticationName = "extension-apiserver-authentication";

    private const string Name = "kubernetes";
    private const string PortName = "https";
    private const int Port = 443;
    private const string ServiceNameLabel = "kubernetes.io/service-name";

    /// <summary>Whether an object is one of these: the StandingObjects of a projection want to know of it.</summary>
    public static bool IsPart(EntityKey key, KubeObject? value) => value switch
    {
        Service or Endpoints => key is { Namespace: Namespace, Name: Name },
        EndpointSlice => key.Namespace == Namespace
            && value.Metadata.Labels.GetValueOrDefault(ServiceNameLabel) == Name,
        ConfigMap => key is { Namespace: ApiServerLeases.Namespace, Name: AuthenticationName },
        _ => false,
    };

    /// <summary>What a server beside this one needs to know clients by their certificates.</summary>
    public static ConfigMap Authentication(string authority) => new()
    {
        Metadata = new ObjectMeta { Namespace = ApiServerLeases.Namespace, Name = AuthenticationName },
        Data = ValueMap<string>.From([new("client-ca-file", authority)]),
    };

    /// <param name="addresses">Where members serve, in order.</param>
    public static IEnumerable<(KubeObject Fresh, Func<KubeObject, KubeObject> Mend)> Of(
        ValueList<IPEndPoint> addresses)
    {
        var service = ServiceOf(addresses);
        yield return (service, current => addresses.Count == 0 ? current : (Service)current with
        {
            Spec = ((Service)current).Spec with
            {
                Type = service.Spec.Type, Selector = ValueMap<string>.Empty, Ports = service.Spec.Ports,
            },
        });
        var endpoints = EndpointsOf(addresses);
        yield return (endpoints, current => (Endpoints)current with { Subsets = endpoints.Subsets });
        foreach (var slice in SlicesOf(addresses))
        {
            yield return (slice, current => (EndpointSlice)current with
            {
                Endpoints = slice.Endpoints, Ports = slice.Ports,
            });
        }
    }

    /// <summary>One for each kind of address and port; the first of IPv4 has the Service's name.</summary>
    public static IEnumerable<EndpointSlice> SlicesOf(ValueList<IPEndPoint> addresses)
    {
        var hasFirst = false;
        foreach (var group in Reachable(addresses).GroupBy(address => (address.AddressFamily, address.Port)))
        {
            var isIPv4 = group.Key.AddressFamily == AddressFamily.InterNetwork;
            var isFirst = isIPv4 && !hasFirst;
            hasFirst |= isFirst;
            yield return new EndpointSlice
            {
                Metadata = Labelled(
                    isFirst ? Name : $"{Name}-{(isIPv4 ? "ipv4" : "ipv6")}-{group.Key.Port}", (ServiceNameLabel, Name)),
                AddressType = isIPv4 ? "IPv4" : "IPv6",
                Endpoints =
                [
                    .. group.Select(address => new Endpoint
                    {
                        Addresses = [address.Address.ToString()], Conditions = new() { Ready = true },
                    }),
                ],
                Ports = [new SlicePort { Name = PortName, Protocol = "TCP", Port = group.Key.Port }],
            };
        }
    }

    /// <summary>Whether a slice of the Service is one of those that there were and are no more.</summary>
    public static bool IsOverdue(ValueList<IPEndPoint> addresses, string name) =>
        (name == Name || name.StartsWith($"{Name}-ipv", StringComparison.Ordinal))
        && SlicesOf(addresses).All(slice => slice.Metadata.Name != name);

    /// <summary>It has no cluster address, as no Service has here.</summary>
    private static Service ServiceOf(ValueList<IPEndPoint> addresses) => Defaults.Apply(new Service
    {
        Metadata = Labelled(Name, ("component", "apiserver"), ("provider", "kubernetes")),
        Spec = new ServiceSpec
        {
            Type = "ClusterIP",
            Ports =
            [
                new ServicePort
                {
                    Name = PortName, Protocol = "TCP", Port = Port,
                    TargetPort = addresses.Count > 0 ? addresses[0].Port : Port,
                },
            ],
        },
    });

    private static Endpoints EndpointsOf(ValueList<IPEndPoint> addresses) => new()
    {
        Metadata = Labelled(Name, ("endpointslice.kubernetes.io/skip-mirror", "true")),
        Subsets =
        [
            .. Reachable(addresses).GroupBy(address => address.Port).Select(group => new EndpointSubset
            {
                Addresses = [.. group.Select(address => new EndpointAddress { Ip = address.Address.ToString() })],
                Ports = [new EndpointPort { Name = PortName, Port = group.Key, Protocol = "TCP" }],
            }),
        ],
    };

    /// <summary>No endpoint may be a loopback address: it would be another machine for each that asks.</summary>
    private static IEnumerable<IPEndPoint> Reachable(ValueList<IPEndPoint> addresses) =>
        addresses.Where(address => !IPAddress.IsLoopback(address.Address));

    private static ObjectMeta Labelled(string name, params (string Key, string Value)[] labels) => new()
    {
        Namespace = Namespace,
        Name = name,
        Labels = ValueMap<string>.From(labels.Select(label => KeyValuePair.Create(label.Key, label.Value))),
    };
}
