using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Probes;

/// <summary>How one probe or hook ended; null: it could not be made at all, which counts for nothing.</summary>
public sealed record ProbeOutcome(bool? Succeeded, string Output);

/// <summary>Probes and hooks over the network.</summary>
public interface INetworkProber
{
    /// <summary>A GET that follows redirects on the same host; 200 to 399 is success.</summary>
    Task<ProbeOutcome> HttpGetAsync(
        Uri address, IReadOnlyList<HTTPHeader> headers, TimeSpan timeout, CancellationToken cancellation);

    Task<ProbeOutcome> TcpConnectAsync(string host, int port, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>grpc.health.v1.Health/Check without TLS; SERVING is success.</summary>
    Task<ProbeOutcome> GrpcCheckAsync(
        string host, int port, string service, TimeSpan timeout, CancellationToken cancellation);
}

/// <summary>Where an action of a probe or hook goes.</summary>
public static class ProbeTargets
{
    public static Uri Http(HTTPGetAction action, Container container, string podIp)
    {
        var host = string.IsNullOrEmpty(action.Host) ? podIp : action.Host;
        var scheme = string.Equals(action.Scheme, "HTTPS", StringComparison.OrdinalIgnoreCase) ? "https" : "http";
        var path = string.IsNullOrEmpty(action.Path) ? "/" : action.Path;
        var separator = path.StartsWith('/') ? "" : "/";
        var bracketed = host.Contains(':') && !host.StartsWith('[') ? $"[{host}]" : host;
        var text = $"{scheme}://{bracketed}:{Port(action.Port, container)}{separator}{path}";
        return Uri.TryCreate(text, UriKind.Absolute, out var uri)
            ? uri
            : throw new Config.ContainerConfigException($"invalid URL \"{text}\"");
    }

    /// <summary>A number, or the name of one of the container's ports.</summary>
    public static int Port(Api.IntOrString port, Container container)
    {
        var number = port.IsString
            ? container.Ports.FirstOrDefault(p => p.Name == port.Text)?.Port ?? port.Number
            : port.Number;
        return number is > 0 and < 65536
            ? number
            : throw new Config.ContainerConfigException($"invalid port number: {port}");
    }
}
