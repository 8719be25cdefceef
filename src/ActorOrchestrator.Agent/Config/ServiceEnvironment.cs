using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Config;

/// <summary>
/// The variables that tell a container of the services in its namespace (<c>NAME_SERVICE_HOST</c> and the forms that
/// Docker links had), for services with a cluster IP. The API server's own service is told in every namespace.
/// </summary>
public static class ServiceEnvironment
{
    public static IEnumerable<KeyValuePair<string, string>> Of(IEnumerable<Service> services) =>
        services.Where(HasAddress).OrderBy(s => s.Metadata.Name, StringComparer.Ordinal).SelectMany(Of);

    private static bool HasAddress(Service service) =>
        service.Spec.ClusterIP is { Length: > 0 } ip && ip != "None" && service.Spec.Ports.Count > 0;

    private static IEnumerable<KeyValuePair<string, string>> Of(Service service)
    {
        var name = VariableName(service.Metadata.Name ?? "");
        var host = service.Spec.ClusterIP!;
        var ports = service.Spec.Ports;
        yield return new($"{name}_SERVICE_HOST", host);
        yield return new($"{name}_SERVICE_PORT", $"{ports[0].Port}");
        foreach (var port in ports.Where(p => !string.IsNullOrEmpty(p.Name)))
        {
            yield return new($"{name}_SERVICE_PORT_{VariableName(port.Name!)}", $"{port.Port}");
        }

        for (var i = 0; i < ports.Count; i++)
        {
            var protocol = ports[i].Protocol is { Length: > 0 } told ? told : "TCP";
            var address = host.Contains(':') ? $"[{host}]" : host;
            var url = $"{protocol.ToLowerInvariant()}://{address}:{ports[i].Port}";
            if (i == 0)
            {
                yield return new($"{name}_PORT", url);
            }

            var prefix = $"{name}_PORT_{ports[i].Port}_{protocol.ToUpperInvariant()}";
            yield return new(prefix, url);
            yield return new($"{prefix}_PROTO", protocol.ToLowerInvariant());
            yield return new($"{prefix}_PORT", $"{ports[i].Port}");
            yield return new($"{prefix}_ADDR", host);
        }
    }

    private static string VariableName(string name) => name.Replace('-', '_').ToUpperInvariant();
}
