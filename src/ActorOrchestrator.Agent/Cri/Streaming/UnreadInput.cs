using ActorOrchestrator.Agent.Cri.Calls;
using ActorOrchestrator.Agent.Cri.Protocol.Containerd;
using Grpc.Core;

namespace ActorOrchestrator.Agent.Cri.Streaming;

/// <summary>
/// Input that the commands in a container of containerd left unread when they ended. Until it is gone containerd does
/// not tell how they ended:
/// <code>
/// client ─► containerd ─► FIFO ─► shim ─► pipe ─► command
///             waits for      full      writes into a pipe that it holds open itself, so it is
///             the FIFO                 never told that the reader is gone
/// </code>
/// What is taken out of the FIFO lets containerd find that its client's input is of no more use, and tell the end.
/// </summary>
/// <param name="directory">Where containerd's CRI has the FIFOs of the container's commands.</param>
internal sealed class UnreadInput(RuntimeChannel channel, TimeSpan timeout, string directory, string containerId)
{
    private const string Ending = "-stdin";

    /// <summary>What a FIFO holds.</summary>
    private const int BytesMax = 64 * 1024;

    /// <summary>Of a container of the CRI that keeps its state in <paramref name="stateDirectory"/>.</summary>
    public static UnreadInput Of(
        RuntimeChannel channel, TimeSpan timeout, string stateDirectory, string containerId) =>
        new(channel, timeout, Path.Combine(stateDirectory, "containers", containerId, "io"), containerId);

    /// <returns>Whether there is a command that has ended, and whose end containerd has not told yet.</returns>
    /// <exception cref="IOException">containerd does not answer.</exception>
    public async Task<bool> DiscardAsync(CancellationToken cancellation)
    {
        var discarded = false;
        foreach (var fifo in Fifos())
        {
            // The container's own process has a FIFO with its id, and is no command.
            var command = Path.GetFileName(fifo)[..^Ending.Length];
            if (command != containerId && await HasEndedAsync(command, cancellation))
            {
                Discard(fifo);
                discarded = true;
            }
        }

        return discarded;
    }

    private string[] Fifos()
    {
        try
        {
            return Directory.GetFiles(directory, "*" + Ending, SearchOption.AllDirectories);
        }
        catch (DirectoryNotFoundException)
        {
            // A command's directory goes with its end.
            return [];
        }
    }

    /// <summary>With its container a command has ended, too, and containerd may have forgotten both by then. One of a
    /// container that runs, of which containerd does not know, is about to start.</summary>
    private async Task<bool> HasEndedAsync(string command, CancellationToken cancellation) =>
        (await StatusAsync(command, cancellation) ?? await StatusAsync("", cancellation))
            is null or Protocol.Containerd.Status.Stopped;

    /// <param name="command">Which one; empty: the container's own process.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Null: there is no such process.</returns>
    private async Task<Protocol.Containerd.Status?> StatusAsync(string command, CancellationToken cancellation)
    {
        try
        {
            var answer = await channel.ContainerdTasks(timeout).GetAsync(
                new GetRequest { ContainerId = containerId, ExecId = command }, RuntimeChannel.InNamespace(),
                cancellationToken: cancellation);
            return answer.Process?.Status;
        }
        catch (RpcException gone) when (gone.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
        catch (RpcException failure)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    /// <summary>Once is enough: what containerd was writing fits in, and then it finds that it has no more to
    /// write.</summary>
    private static void Discard(string fifo)
    {
        using var file = NativeMethods.open(fifo, NativeMethods.ReadWithoutWaiting);
        if (!file.IsInvalid)
        {
            _ = NativeMethods.read(file, new byte[BytesMax], BytesMax);
        }
    }
}
