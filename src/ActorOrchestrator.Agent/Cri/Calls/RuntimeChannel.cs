using System.Net.Sockets;
using ActorOrchestrator.Agent.Cri.Protocol;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace ActorOrchestrator.Agent.Cri.Calls;

/// <summary>
/// gRPC to a container runtime on its Unix socket. Connections are made on demand, so the channel outlives restarts of
/// the runtime. Each client that it gives bounds its calls as <see cref="CallBounds"/> says.
/// </summary>
internal sealed class RuntimeChannel : IDisposable
{
    /// <summary>
    /// 16 MiB: what the kubelet accepts of a runtime; a list of a few thousand containers is below 4 MiB.
    /// </summary>
    public const int MessageBytesMax = 16 * 1024 * 1024;

    /// <summary>Where containerd keeps what its CRI has.</summary>
    public const string Namespace = "k8s.io";

    private readonly string _socketPath;
    private readonly GrpcChannel _channel;

    /// <param name="socketPath">Path of the Unix socket, without a scheme.</param>
    public RuntimeChannel(string socketPath, TimeProvider time)
    {
        _socketPath = socketPath;
        Time = time;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            UseProxy = false,
        };
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MessageBytesMax,
        });
    }

    public TimeProvider Time { get; }

    /// <summary>What a call of containerd's own services names the namespace by.</summary>
    public static Grpc.Core.Metadata InNamespace() => new() { { "containerd-namespace", Namespace } };

    public void Dispose() => _channel.Dispose();

    /// <param name="timeout">For each unary call; streams have no deadline.</param>
    public RuntimeService.RuntimeServiceClient Runtime(TimeSpan timeout) => new(Bounded(timeout));

    /// <inheritdoc cref="Runtime"/>
    public ImageService.ImageServiceClient Images(TimeSpan timeout) => new(Bounded(timeout));

    /// <inheritdoc cref="Runtime"/>
    public Protocol.Containerd.Events.EventsClient Events(TimeSpan timeout) => new(Bounded(timeout));

    /// <inheritdoc cref="Runtime"/>
    public Protocol.Containerd.Images.ImagesClient ContainerdImages(TimeSpan timeout) => new(Bounded(timeout));

    /// <inheritdoc cref="Runtime"/>
    public Protocol.Containerd.Tasks.TasksClient ContainerdTasks(TimeSpan timeout) => new(Bounded(timeout));

    /// <inheritdoc cref="Runtime"/>
    public Protocol.Containerd.Snapshots.SnapshotsClient ContainerdSnapshots(TimeSpan timeout) =>
        new(Bounded(timeout));

    private Grpc.Core.CallInvoker Bounded(TimeSpan timeout) =>
        _channel.Intercept(new CallBounds(_socketPath, timeout, Time));

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
