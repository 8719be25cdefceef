using System.Globalization;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Discovery;
using ActorOrchestrator.Api.Networking;
using static ActorOrchestrator.Api.Tables.Printers;

namespace ActorOrchestrator.Api.Tables;

/// <summary>Services and what is around them.</summary>
internal static class NetworkPrinters
{
    private const int Shown = 3;

    public static IEnumerable<(Type Type, KindPrinter Printer)> All => [.. Services, .. Ingresses];

    private static IEnumerable<(Type Type, KindPrinter Printer)> Services =>
    [
        Of<Service>(
            [
                Name,
                Text("Type", "How the service is reached."),
                Text("Cluster-IP", "Address of the service inside the cluster."),
                Text("External-IP", "Address of the service outside the cluster."),
                Text("Port(s)", "Ports of the service, with the ports of the nodes."),
                Age,
                Wide("Selector", "Labels of the pods behind the service."),
            ],
            static (service, now) =>
            [
                service.Metadata.Name,
                service.Spec.Type,
                TableText.OrNone(service.Spec.ClusterIPs is [var first, ..] ? first : service.Spec.ClusterIP),
                External(service),
                TableText.OrNone(string.Join(',', service.Spec.Ports.Select(Port))),
                AgeOf(service, now),
                TableText.Labels(service.Spec.Selector),
            ]),
        Of<Endpoints>(
            [Name, Text("Endpoints", "Addresses and ports that serve."), Age],
            static (endpoints, now) => [endpoints.Metadata.Name, Addresses(endpoints), AgeOf(endpoints, now)]),
        Of<EndpointSlice>(
            [
                Name,
                Text("AddressType", "Kind of the addresses."),
                Text("Ports", "Ports that the endpoints serve."),
                Text("Endpoints", "Addresses that serve."),
                Age,
            ],
            static (slice, now) =>
            [
                slice.Metadata.Name,
                slice.AddressType,
                TableText.FirstOf(
                    [.. slice.Ports.Select(port => port.Port?.ToString(CultureInfo.InvariantCulture) ?? "*")],
                    Shown, TableText.Unset),
                TableText.FirstOf(
                    [.. slice.Endpoints.SelectMany(endpoint => endpoint.Addresses)], Shown, TableText.Unset),
                AgeOf(slice, now),
            ]),
    ];

    private static IEnumerable<(Type Type, KindPrinter Printer)> Ingresses =>
    [
        Of<Ingress>(
            [
                Name,
                Text("Class", "Class that implements the ingress."),
                Text("Hosts", "Hosts that requests are matched by."),
                Text("Address", "Addresses that the ingress is reached at."),
                Text("Ports", "Ports that are open."),
                Age,
            ],
            static (ingress, now) =>
            [
                ingress.Metadata.Name,
                TableText.OrNone(ingress.Spec.IngressClassName),
                TableText.FirstOf(
                    [.. ingress.Spec.Rules.Select(rule => rule.Host).OfType<string>()], Shown, empty: "*"),
                string.Join(',', ingress.Status.LoadBalancer.Ingress.Select(point => point.Ip ?? point.Hostname)),
                ingress.Spec.Tls.Count > 0 ? "80, 443" : "80",
                AgeOf(ingress, now),
            ]),
        Of<IngressClass>(
            [
                Name,
                Text("Controller", "Controller that implements the class."),
                Text("Parameters", "Object with further settings of the class."),
                Age,
            ],
            static (ingressClass, now) =>
            [
                ingressClass.Metadata.Name,
                ingressClass.Spec.Controller,
                Parameters(ingressClass.Spec.Parameters),
                AgeOf(ingressClass, now),
            ]),
        Of<NetworkPolicy>(
            [Name, Text("Pod-Selector", "Labels of the pods that the policy is for."), Age],
            static (policy, now) =>
                [policy.Metadata.Name, TableText.Selector(policy.Spec.PodSelector), AgeOf(policy, now)]),
    ];

    private static string Port(ServicePort port) => port.NodePort == 0
        ? $"{port.Port}/{port.Protocol}"
        : $"{port.Port}:{port.NodePort}/{port.Protocol}";

    private static string External(Service service)
    {
        var spec = service.Spec;
        if (spec.Type == "ExternalName")
        {
            return spec.ExternalName ?? "";
        }

        if (spec.Type != "LoadBalancer")
        {
            return TableText.OrNone(string.Join(',', spec.ExternalIPs));
        }

        var points = service.Status.LoadBalancer.Ingress.Select(point => point.Ip ?? point.Hostname ?? "");
        var all = string.Join(',', points.Concat(spec.ExternalIPs));
        return all.Length > 0 ? all : "<pending>";
    }

    private static string Addresses(Endpoints endpoints)
    {
        var addresses = endpoints.Subsets.SelectMany(subset => subset.Ports.SelectMany(
            port => subset.Addresses.Select(address => Join(address.Ip, port.Port))));
        return TableText.FirstOf([.. addresses], Shown, TableText.None);
    }

    private static string Join(string address, int port) =>
        address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";

    private static string Parameters(IngressClassParametersReference? parameters) => parameters is null
        ? TableText.None
        : $"{parameters.Kind}{(parameters.ApiGroup is { } group ? "." + group : "")}/{parameters.Name}";
}
