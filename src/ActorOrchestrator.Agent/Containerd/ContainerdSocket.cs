using System.Buffers.Binary;
using System.Net.Sockets;
using ActorOrchestrator.Agent.Cri.Grpc;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Containerd;

/// <summary>The socket of the agent's own containerd, asked for more than one agent's share of it.</summary>
internal sealed class ContainerdSocket(string path, TimeProvider time)
{
    private const string RuntimeService = "/runtime.v1.RuntimeService/";
    private const int SolSocket = 1;
    private const int SoPeerCredentials = 17;
    private const int RemovedAtATime = 4;
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RemoveTimeout = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Who listens on the socket (unix(7), SO_PEERCRED), and whether CRI's Version is answered; null when nobody
    /// listens. So no pid file is needed, which could be stale.
    /// </summary>
    public async Task<ContainerdListener?> ListenerAsync(CancellationToken cancellation)
    {
        if (await PeerAsync(cancellation) is not { } process) return null;
        using var channel = new GrpcChannel(path, time);
        try
        {
            await channel.UnaryAsync(RuntimeService + "Version", new VersionRequest(), VersionResponse.Parser,
                AnswerTimeout, cancellation);
            return new ContainerdListener(process, CriState.Answers);
        }
        catch (GrpcException failure)
        {
            // containerd serves only once all its parts are loaded: an unknown service will stay unknown.
            return new ContainerdListener(
                process, failure.Code == GrpcCode.Unimplemented ? CriState.Missing : CriState.Silent);
        }
    }

    public async Task RemoveAllSandboxesAsync(CancellationToken cancellation)
    {
        using var channel = new GrpcChannel(path, time);
        var list = await channel.UnaryAsync(RuntimeService + "ListPodSandbox", new ListPodSandboxRequest(),
            ListPodSandboxResponse.Parser, RemoveTimeout, cancellation);
        await Parallel.ForEachAsync(
            list.Items,
            new ParallelOptions { MaxDegreeOfParallelism = RemovedAtATime, CancellationToken = cancellation },
            async (sandbox, stop) =>
            {
                await channel.UnaryAsync(
                    RuntimeService + "StopPodSandbox", new StopPodSandboxRequest { PodSandboxId = sandbox.Id },
                    StopPodSandboxResponse.Parser, RemoveTimeout, stop);
                await channel.UnaryAsync(
                    RuntimeService + "RemovePodSandbox", new RemovePodSandboxRequest { PodSandboxId = sandbox.Id },
                    RemovePodSandboxResponse.Parser, RemoveTimeout, stop);
            });
    }

    private async Task<ProcessIdentity?> PeerAsync(CancellationToken cancellation)
    {
        if (!File.Exists(path)) return null;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        }
        catch (SocketException)
        {
            // A socket file that nobody listens on any more.
            return null;
        }
        var credentials = new byte[12];
        socket.GetRawSocketOption(SolSocket, SoPeerCredentials, credentials);
        var pid = BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReadInt32LittleEndian(credentials)
            : BinaryPrimitives.ReadInt32BigEndian(credentials);
        return ProcessIdentity.Of(pid);
    }
}

/// <param name="Process">The process that listens on the socket.</param>
internal sealed record ContainerdListener(ProcessIdentity Process, CriState Cri);

/// <summary><c>Missing</c>: containerd runs, but its CRI part refused its configuration or this machine.</summary>
internal enum CriState
{
    Answers,
    Silent,
    Missing,
}
