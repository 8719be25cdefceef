using System.Collections.Concurrent;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Grpc;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Cri;

/// <summary>
/// The runtime shim over CRI v1 (containerd, CRI-O) on its Unix socket. One file per verb in <c>Verbs/</c>; this one
/// holds what they share. Every call is bounded by a deadline of its own besides the caller's cancellation.
/// </summary>
public sealed partial class CriRuntime : IContainerRuntime, IDisposable
{
    /// <summary>The kubelet's runtimeRequestTimeout: a sandbox on a loaded machine may take most of it.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Lists and statuses are answered from the runtime's memory; one that needs longer is stuck.</summary>
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(30);

    private const string RuntimeService = "/runtime.v1.RuntimeService/";
    private const string ImageService = "/runtime.v1.ImageService/";

    private readonly GrpcChannel _channel;
    private readonly CriRuntimeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<CriRuntime> _log;

    // CRI's ContainerStatus does not tell the sandbox; lists do. One entry per container that exists.
    private readonly ConcurrentDictionary<string, string> _sandboxOfContainer = new();

    public CriRuntime(CriRuntimeOptions options, TimeProvider time, ILogger<CriRuntime> log)
    {
        _options = options;
        _time = time;
        _log = log;
        _channel = new GrpcChannel(options.SocketPath, time);
    }

    public void Dispose() => _channel.Dispose();

    private async Task<TResponse> CallAsync<TResponse>(
        string method, IMessage request, MessageParser<TResponse> parser, TimeSpan timeout,
        CancellationToken cancellation)
        where TResponse : class, IMessage<TResponse>
    {
        try
        {
            return await _channel.UnaryAsync(method, request, parser, timeout, cancellation);
        }
        catch (GrpcException failure)
        {
            throw GrpcErrors.Runtime(failure);
        }
    }

    /// <summary>The call, where "there is no such thing" is the state that was asked for.</summary>
    private async Task CallUnlessGoneAsync<TResponse>(
        string method, IMessage request, MessageParser<TResponse> parser, TimeSpan timeout,
        CancellationToken cancellation)
        where TResponse : class, IMessage<TResponse>
    {
        try
        {
            await CallAsync(method, request, parser, timeout, cancellation);
        }
        catch (ContainerRuntimeException gone) when (gone.Kind == RuntimeErrorKind.NotFound)
        {
            CriLog.AlreadyGone(_log, method);
        }
    }
}

/// <param name="SocketPath">Path of the runtime's Unix socket.</param>
/// <param name="Owner">Value of <see cref="RuntimeLabels.Owner"/>: one agent's own name for what it runs.</param>
public sealed record CriRuntimeOptions(string SocketPath, string Owner)
{
    /// <summary>Empty: the runtime's default handler.</summary>
    public string RuntimeHandler { get; init; } = "";

    /// <summary>A pull that makes no end within this is given up and tried again with back-off by the caller.</summary>
    public TimeSpan PullTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Reads <c>unix:///run/containerd/containerd.sock</c> or a bare absolute path, as <c>--cri-endpoint</c> takes it.
    /// </summary>
    /// <exception cref="FormatException">Neither of the two.</exception>
    public static CriRuntimeOptions FromEndpoint(string endpoint, string owner)
    {
        const string scheme = "unix://";
        var path = endpoint.StartsWith(scheme, StringComparison.Ordinal) ? endpoint[scheme.Length..] : endpoint;
        if (!path.StartsWith('/'))
            throw new FormatException($"'{endpoint}' is no CRI endpoint: expected unix:///path/of/the.sock");
        return new CriRuntimeOptions(path, owner);
    }
}
