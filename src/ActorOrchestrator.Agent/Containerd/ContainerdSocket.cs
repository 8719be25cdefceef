using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Calls;
using ActorOrchestrator.Agent.Cri.Protocol;
using Grpc.Core;

namespace ActorOrchestrator.Agent.Containerd;

/// <summary>The socket of the agent's own containerd, asked for more than one agent's share of it.</summary>
internal sealed class ContainerdSocket(string path, TimeProvider time)
{
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
        if (await PeerAsync(cancellation) is not { } process)
        {
            return null;
        }

        using var channel = new RuntimeChannel(path, time);
        try
        {
            await channel.Runtime(AnswerTimeout).VersionAsync(new VersionRequest(), cancellationToken: cancellation);
            return new ContainerdListener(process, CriState.Answers);
        }
        catch (RpcException failure)
        {
            // containerd serves only once all its parts are loaded: an unknown service will stay unknown.
            return new ContainerdListener(
                process, failure.StatusCode == StatusCode.Unimplemented ? CriState.Missing : CriState.Silent);
        }
    }

    /// <exception cref="ContainerRuntimeException">Some could not be removed; all of the others were.</exception>
    public async Task RemoveAllSandboxesAsync(CancellationToken cancellation)
    {
        using var channel = new RuntimeChannel(path, time);
        try
        {
            await RemoveAllSandboxesAsync(channel, cancellation);
        }
        catch (RpcException failure)
        {
            throw CallErrors.Runtime(failure);
        }
    }

    private static async Task RemoveAllSandboxesAsync(RuntimeChannel channel, CancellationToken cancellation)
    {
        var runtime = channel.Runtime(RemoveTimeout);
        var list = await runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), cancellationToken: cancellation);
        var failures = new ConcurrentQueue<RpcException>();
        await Parallel.ForEachAsync(
            list.Items,
            new ParallelOptions { MaxDegreeOfParallelism = RemovedAtATime, CancellationToken = cancellation },
            async (sandbox, stop) =>
            {
                try
                {
                    await Removal.SandboxAsync(channel, RemoveTimeout, sandbox.Id, stop);
                }
                catch (RpcException gone) when (gone.StatusCode == StatusCode.NotFound)
                {
                    // Somebody else has removed it since the list was made.
                }
                catch (RpcException failure)
                {
                    failures.Enqueue(failure);
                }
            });
        if (failures.TryPeek(out var first))
        {
            throw new ContainerRuntimeException(
                CallErrors.Runtime(first).Kind,
                $"{failures.Count} of {list.Items.Count} sandboxes cannot be removed, the first because of: "
                + first.Status.Detail,
                first);
        }
    }

    private async Task<ProcessIdentity?> PeerAsync(CancellationToken cancellation)
    {
        if (!File.Exists(path))
        {
            return null;
        }

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
