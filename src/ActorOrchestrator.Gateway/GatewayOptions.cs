using System.Net;

namespace ActorOrchestrator.Gateway;

/// <summary>Where and how the API is served.</summary>
public sealed record GatewayOptions
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

    /// <summary>Requests that read, and that change, served at once; more get 429. Watches and followed logs are not
    /// counted, as in Kubernetes (<c>--max-requests-inflight</c>, <c>--max-mutating-requests-inflight</c>).</summary>
    public int ReadsInFlightMax { get; init; } = 400;

    public int WritesInFlightMax { get; init; } = 200;

    /// <summary>Open watches and followed logs; more get 429.</summary>
    public int LongRunningMax { get; init; } = 10_000;

    /// <summary>The longest that a watch is kept when the client names no <c>timeoutSeconds</c>; the actual time is
    /// drawn between this and twice this, so that clients do not all come back at once.</summary>
    public TimeSpan WatchTimeoutMin { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The time between bookmarks of a quiet watch.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a read for a resourceVersion of the future waits before it gets 504.</summary>
    public TimeSpan FutureVersionWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long <see cref="Server.GatewayServer.StopAsync"/> lets requests finish.</summary>
    public TimeSpan StopWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What /livez and /readyz ask besides the gateway itself.</summary>
    public IReadOnlyList<HealthCheck> HealthChecks { get; init; } = [];
}

/// <summary>A part of the program that can be unwell. <paramref name="Problem"/> answers at once: null when
/// well.</summary>
/// <param name="Name">The last part of the path, as in <c>/readyz/log</c>.</param>
/// <param name="Problem">What is wrong, in a few words.</param>
/// <param name="Live">Whether a problem also fails /livez: only where a restart of the program would help.</param>
public sealed record HealthCheck(string Name, Func<string?> Problem, bool Live = false);
