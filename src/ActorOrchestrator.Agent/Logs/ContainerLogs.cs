using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Logs;

/// <summary>Logs by container id, wherever the runtime has them.</summary>
public sealed class ContainerLogs(IContainerRuntime runtime, LogReader reader)
{
    /// <summary>
    /// The log of a container, running or ended; <c>previous</c> is the same call with the id of the container before.
    /// Following ends when the container has ended and its log is read.
    /// </summary>
    /// <returns>Chunks of output, each valid until the next is asked for.</returns>
    /// <exception cref="ContainerRuntimeException">
    /// There is no such container, or no log of it (kind NotFound).
    /// </exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        string containerId,
        LogQuery query,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var status = await runtime.ContainerStatusAsync(containerId, cancellation)
            ?? throw new ContainerRuntimeException(RuntimeErrorKind.NotFound, $"container {containerId} is gone");
        // A container that never started may never have had a log; that is an empty log, not an error.
        if (!File.Exists(status.LogPath) && status.State != ContainerRuntimeState.Created && !query.Follow)
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.NotFound, $"the log of container {containerId} is gone: {status.LogPath}");
        }
        if (!File.Exists(status.LogPath) && !query.Follow)
        {
            yield break;
        }

        var chunks = reader.ReadAsync(
            status.LogPath, query, stop => IsRunningAsync(containerId, stop), cancellation);
        await foreach (var chunk in chunks)
        {
            yield return chunk;
        }
    }

    private async Task<bool> IsRunningAsync(string containerId, CancellationToken cancellation) =>
        await runtime.ContainerStatusAsync(containerId, cancellation)
            is { State: ContainerRuntimeState.Running or ContainerRuntimeState.Created };
}
