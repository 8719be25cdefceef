using ActorOrchestrator.Agent.Logs;
using ActorOrchestrator.Api;
using ActorOrchestrator.Streams.Commands;

namespace ActorOrchestrator.Agent.Processes;

/// <summary>Shows what a container's process writes from now on, by its log, where the agent before this one may have
/// begun it.</summary>
internal sealed class ProcessAttachment(ProcessContainer container, LogReader reader) : ICommandSession
{
    private static readonly LogQuery FromNow = new() { Follow = true, TailLines = 0 };

    public async Task<Status> RunAsync(CommandStreams streams, CancellationToken cancellation)
    {
        var to = streams.Output ?? streams.Error ?? Stream.Null;
        var pieces = reader.ReadAsync(
            container.Status.LogPath, FromNow,
            _ => Task.FromResult(container.Status.State == Containers.ContainerRuntimeState.Running), cancellation);
        await foreach (var piece in pieces)
        {
            await to.WriteAsync(piece, cancellation);
        }

        return CommandEnds.Success;
    }
}
