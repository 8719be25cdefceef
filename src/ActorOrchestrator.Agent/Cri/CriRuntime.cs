using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Calls;
using ActorOrchestrator.Agent.Cri.Protocol;
using ActorOrchestrator.Streams.Spdy;
using Grpc.Core;
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

    private readonly RuntimeChannel _channel;
    private readonly SpdyClient _spdy = new();
    private readonly CriRuntimeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<CriRuntime> _log;

    // CRI's ContainerStatus does not tell the sandbox; lists do. One entry per container that exists.
    private readonly ConcurrentDictionary<string, string> _sandboxOfContainer = new();

    // Those that were asked to end by a signal that their runtime does not know; removed with the container.
    private readonly ConcurrentDictionary<string, string> _signalled = new();

    public CriRuntime(CriRuntimeOptions options, TimeProvider time, ILogger<CriRuntime> log)
    {
        _options = options;
        _time = time;
        _log = log;
        _channel = new RuntimeChannel(options.SocketPath, time);
    }

    public void Dispose()
    {
        _channel.Dispose();
        _spdy.Dispose();
    }

    private RuntimeService.RuntimeServiceClient Runtime(TimeSpan timeout) => _channel.Runtime(timeout);

    private ImageService.ImageServiceClient Images(TimeSpan timeout) => _channel.Images(timeout);

    private static async Task<TResponse> CallAsync<TResponse>(AsyncUnaryCall<TResponse> call)
    {
        try
        {
            return await call;
        }
        catch (RpcException failure)
        {
            throw CallErrors.Runtime(failure);
        }
    }

    /// <summary>The call, where "there is no such thing" is the state that was asked for.</summary>
    private Task CallUnlessGoneAsync<TResponse>(
        AsyncUnaryCall<TResponse> call, [CallerMemberName] string verb = "") =>
        CallUnlessGoneAsync(call.ResponseAsync, verb);

    private async Task CallUnlessGoneAsync(Task call, [CallerMemberName] string verb = "")
    {
        try
        {
            await call;
        }
        catch (RpcException gone) when (gone.StatusCode == StatusCode.NotFound)
        {
            CriLog.AlreadyGone(_log, verb);
        }
        catch (RpcException failure)
        {
            throw CallErrors.Runtime(failure);
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
        {
            throw new FormatException($"'{endpoint}' is no CRI endpoint: expected unix:///path/of/the.sock");
        }

        return new CriRuntimeOptions(path, owner);
    }
}
