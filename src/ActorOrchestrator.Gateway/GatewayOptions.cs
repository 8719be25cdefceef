using System.Net;

namespace ActorOrchestrator.Gateway;

/// <summary>Where and how the API is served.</summary>
public sealed record GatewayOptions : ApiOptions
{
    /// <summary>Where to listen; port 0 takes a free one.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [new(IPAddress.Any, 6443)];

    /// <summary>Holds the authority, the server's and the administrator's certificates; made when missing.</summary>
    public required string PkiDirectory { get; init; }

    /// <summary>Names and addresses to put into the server's certificate besides this machine's own.</summary>
    public IReadOnlyList<string> ServerNames { get; init; } = [];

    /// <summary>Where the administrator's kubeconfig is written; null: nowhere.</summary>
    public string? KubeconfigFile { get; init; }

    /// <summary>The host that the kubeconfig names; the port is the one listened on.</summary>
    public string KubeconfigHost { get; init; } = "127.0.0.1";

    /// <summary>A file of static bearer tokens (kube-apiserver's <c>--token-auth-file</c>); null: none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>How long <see cref="Server.GatewayServer.StopAsync"/> lets requests finish.</summary>
    public TimeSpan StopWait { get; init; } = TimeSpan.FromSeconds(10);
}
